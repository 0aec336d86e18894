// Joining a colleague's visit by its code, without a network. A cooperative that this phone doesn't know is joined
// by its name, as one that the register doesn't have.
import { useSignal } from "@preact/signals";
import { Button, ButtonLink, Field, Icon, Notice, PageHeader } from "../../parts";
import { address, go } from "../../route";
import { Refused, type Place } from "../../sync/replica";
import { say } from "../../words";
import { field as words } from "../../words/field";
import { Met, useMet } from "../cooperatives/met";
import { placeOf } from "../cooperatives/place";
import { paths } from "../paths";
import { useWork } from "../work";
import { codeProblem } from "./code-problem";

/** Eight characters, with room for the space or hyphen that people put in the middle. */
const CODE_CHARS_MAX = 10;

/** The screen. The address may bring the code along. */
export function JoinScreen({ cooperative: id }: { cooperative: string }) {
  const { replica } = useWork();
  const cooperative = replica.cooperatives.value.get(id);
  const place = placeOf(replica, id);
  const met = useMet(id);
  const code = useSignal(address.value.searchParams.get("code") ?? "");
  const wrong = useSignal<string | null>(null);
  const back = cooperative
    ? { href: paths.cooperative(id), label: cooperative.name }
    : { href: paths.cooperatives, label: say(words.cooperatives) };

  const join = async (event: Event): Promise<void> => {
    event.preventDefault();
    const where: Place | null = place ?? met.place();
    if (!where) return;
    try {
      go(paths.visit(await replica.join(where, code.value)), { replace: true });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      wrong.value = say(codeProblem(error));
    }
  };

  return (
    <main class="field-screen">
      <PageHeader title={say(words.joinTitle)} about={say(words.joinHelp)} back={back} />
      <form class="field-form" onSubmit={(event) => void join(event)} noValidate>
        {!place && (
          <>
            <Notice tone="ochre">{say(words.joinUnknown)}</Notice>
            <Met met={met} />
          </>
        )}
        <div class="code-field">
          <Field
            label={say(words.joinCode)}
            value={code.value}
            onInput={(text) => {
              code.value = text.toUpperCase();
              wrong.value = null;
            }}
            autocomplete="off"
            maxLength={CODE_CHARS_MAX}
            error={wrong.value}
          />
        </div>
        <Button type="submit" kind="main" big>{say(words.join)}</Button>
        <ButtonLink href={paths.scan(id)}>
          <Icon name="code" />
          {say(words.scan)}
        </ButtonLink>
      </form>
    </main>
  );
}
