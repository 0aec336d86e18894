// A cooperative met in the field that the register doesn't have: its name, where it is, and the visit starts.
import { useMemo } from "preact/hooks";
import { randomId } from "../../core/chance";
import { Button, PageHeader } from "../../parts";
import { say } from "../../words";
import { field as words } from "../../words/field";
import { paths } from "../paths";
import { useWork } from "../work";
import { Met, useMet } from "./met";
import { startVisit } from "./start";

/** The screen. */
export function NewCooperativeScreen() {
  const work = useWork();
  const met = useMet(useMemo(randomId, []));

  const start = async (event: Event): Promise<void> => {
    event.preventDefault();
    const place = met.place();
    if (place) await startVisit(work, place, "held");
  };

  return (
    <main class="field-screen">
      <PageHeader
        title={say(words.newTitle)}
        about={say(words.newHelp)}
        back={{ href: paths.cooperatives, label: say(words.cooperatives) }}
      />
      <form class="field-form" onSubmit={(event) => void start(event)} noValidate>
        <Met met={met} />
        <Button type="submit" kind="main" big>{say(words.startVisit)}</Button>
      </form>
    </main>
  );
}
