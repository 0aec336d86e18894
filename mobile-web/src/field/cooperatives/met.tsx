// What is asked about a cooperative met in the field that this phone's register doesn't have: name and unit.
import { type ReadonlySignal, type Signal, useComputed, useSignal } from "@preact/signals";
import { SHORT_CHARS_MAX } from "../../core/limits";
import { Field, Select } from "../../parts";
import { person } from "../../session";
import type { Place } from "../../sync/replica";
import { say } from "../../words";
import { field as words } from "../../words/field";
import { UNIT_DIGITS } from "../units";
import { useWork } from "../work";

interface MetCooperative {
  name: Signal<string>;
  area: Signal<string>;
  units: ReadonlySignal<readonly { value: string; label: string }[]>;
  /** Somebody wanted to go on: what is missing is said. */
  tried: Signal<boolean>;
  /** Where its visit goes; null, and the form says why, while something is missing. */
  place: () => Place | null;
}

/** What was entered so far about the cooperative with this id. */
export function useMet(cooperative: string): MetCooperative {
  const { replica } = useWork();
  const roles = person.value?.roles ?? [];
  const units = useComputed(() => {
    const known = new Map([...replica.areas.value.values()].map(({ code, name }) => [code, name]));
    for (const role of roles) if (!known.has(role.area)) known.set(role.area, role.area_name);
    return [...known]
      .filter(([code]) => code.length === UNIT_DIGITS && roles.some((role) => code.startsWith(role.area)))
      .map(([value, label]) => ({ value, label }));
  });
  const name = useSignal("");
  const area = useSignal(units.value.length === 1 ? (units.value[0]?.value ?? "") : "");
  const tried = useSignal(false);
  const place = (): Place | null => {
    tried.value = true;
    if (name.value.trim() === "" || area.value === "") return null;
    return { cooperative, area: area.value, provisional_name: name.value.trim() };
  };
  return { name, area, units, tried, place };
}

/** The form's fields. */
export function Met({ met: { name, area, units, tried } }: { met: MetCooperative }) {
  return (
    <>
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
    </>
  );
}
