// Taking a mistaken visit back: it stays readable and counts for nothing.
import { useSignal } from "@preact/signals";
import { SHORT_CHARS_MAX } from "../../core/limits";
import { Button, Dialog, Field, toast } from "../../parts";
import { say } from "../../words";
import { field as words } from "../../words/field";
import { shared } from "../../words/shared";
import type { OpenRecord } from "./open-record";

/** The button, with the question behind it. */
export function Withdraw({ record }: { record: OpenRecord }) {
  const asking = useSignal(false);
  const reason = useSignal("");
  const missing = useSignal(false);
  const withdraw = (): void => {
    missing.value = reason.value.trim() === "";
    if (missing.value) return;
    asking.value = false;
    record.do({ command: "withdraw", reason: reason.value.trim() });
    toast(say(words.visitWithdrawn));
    scrollTo(0, 0);
  };
  return (
    <p class="part">
      <Button kind="danger" onClick={() => (asking.value = true)}>{say(words.withdraw)}</Button>
      {asking.value && (
        <Dialog
          title={say(words.withdraw)}
          onClose={() => (asking.value = false)}
          actions={
            <>
              <Button onClick={() => (asking.value = false)}>{say(shared.cancel)}</Button>
              <Button kind="danger" onClick={withdraw}>{say(words.withdraw)}</Button>
            </>
          }
        >
          <p>{say(words.withdrawMeans)}</p>
          <Field
            label={say(words.withdrawReason)}
            value={reason.value}
            onInput={(text) => (reason.value = text)}
            maxLength={SHORT_CHARS_MAX}
            error={missing.value ? say(words.withdrawReasonMissing) : null}
          />
        </Dialog>
      )}
    </p>
  );
}
