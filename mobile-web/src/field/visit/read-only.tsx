// Why a record can only be read, and what can be done about it.
import { Button, Notice } from "../../parts";
import { say } from "../../words";
import { field as words } from "../../words/field";
import type { OpenRecord } from "./open-record";

/** Says so, where it is so. */
export function ReadOnly({ record }: { record: OpenRecord }) {
  if (record.withdrawn.value || record.writable.value) return null;
  if (!record.present.value) {
    const join = !record.decided.value && (
      <Button onClick={() => record.do({ command: "join" })}>{say(words.joinThis)}</Button>
    );
    return <Notice tone="blue" action={join}>{say(words.notPresent)}</Notice>;
  }
  return (
    <Notice tone="blue" action={<Button onClick={() => (record.reopened.value = true)}>{say(words.reopen)}</Button>}>
      {say(words.decidedReadOnly)}
    </Notice>
  );
}
