// Somebody who was not at the visit reads it, and may join it.
import { Button, Notice } from "../../parts";
import { say } from "../../words";
import { field as words } from "../../words/field";
import type { OpenRecord } from "./open-record";

/** Says so, where it is so. */
export function NotPresent({ record }: { record: OpenRecord }) {
  if (record.present.value || record.withdrawn.value) return null;
  return (
    <Notice
      tone="blue"
      action={<Button onClick={() => record.do({ command: "join" })}>{say(words.joinThis)}</Button>}
    >
      {say(words.notPresent)}
    </Notice>
  );
}
