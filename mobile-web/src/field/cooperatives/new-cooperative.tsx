// A cooperative met in the field that the register doesn't have: its name, where it is, and the visit starts.
import { useComputed, useSignal } from "@preact/signals";
import { randomId } from "../../core/chance";
import { SHORT_CHARS_MAX } from "../../core/limits";
import { Button, Field, PageHeader, Select } from "../../parts";
import { person } from "../../session";
import { say } from "../../words";
import { field as words } from "../../words/field";
import { paths } from "../paths";
import { UNIT_DIGITS } from "../units";
import { useWork } from "../work";
import { startVisit } from "./start";


/** The screen. */
export function NewCooperativeScreen() {
  const work = useWork();
  const roles = person.value?.roles ?? [];
  const units = useComputed(() => {
    const known = new Map([...work.replica.areas.value.values()].map(({ code, name }) => [code, name]));
    for (const role of roles) if (!known.has(role.area)) known.set(role.area, role.area_name);
    return [...known]
      .filter(([code]) => code.length === UNIT_DIGITS && roles.some((role) => code.startsWith(role.area)))
      .map(([value, label]) => ({ value, label }));
  });
  const name = useSignal("");
  const area = useSignal(units.value.length === 1 ? (units.value[0]?.value ?? "") : "");
  const tried = useSignal(false);

  const start = async (event: Event): Promise<void> => {
    event.preventDefault();
    tried.value = true;
    if (name.value.trim() === "" || area.value === "") return;
    const place = { cooperative: randomId(), area: area.value, provisional_name: name.value.trim() };
    await startVisit(work, place, "held");
  };

  return (
    <main class="field-screen">
      <PageHeader
        title={say(words.newTitle)}
        about={say(words.newHelp)}
        back={{ href: paths.cooperatives, label: say(words.cooperatives) }}
      />
      <form class="field-form" onSubmit={(event) => void start(event)} noValidate>
        <Field
          label={say(words.newName)}
          hint={say(words.newNameHint)}
          value={name.value}
          onInput={(text) => (name.value = text)}
          maxLength={SHORT_CHARS_MAX}
          error={tried.value && name.value.trim() === "" ? say(words.newNameMissing) : null}
        />
        <Select
          label={say(words.newArea)}
          value={area.value}
          options={[{ value: "", label: say(words.newAreaPick) }, ...units.value]}
          onChange={(value) => (area.value = value)}
          error={tried.value && area.value === "" ? say(words.newAreaMissing) : null}
        />
        <Button type="submit" kind="main" big>{say(words.startVisit)}</Button>
      </form>
    </main>
  );
}
