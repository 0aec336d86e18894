// An item that is a signature: drawn and kept as evidence, or a note that says why there is none.
import { useSignal } from "@preact/signals";
import { Button, Notice, toast } from "../../parts";
import type { Item } from "../../shapes";
import { say } from "../../words";
import { evidence as words } from "../../words/evidence";
import type { OpenRecord } from "../visit/open-record";
import { useWork } from "../work";
import { addDrawing, whyNot } from "./adding";
import { keptEvidence } from "./kept";
import { evidenceBeside } from "./named";
import { SignaturePad } from "./signature-pad";

const CANNOT = [words.cannotSignReasons, words.cannotSignAbsent, words.cannotSignUnable];

/** Whether somebody signed, or it is said why not. */
export function isSigned(record: OpenRecord, item: string): boolean {
  return evidenceBeside(record, { item, finding: null }).some(([, { withdrawn }]) => !withdrawn) || record.note(item) !== "";
}

/** The ways to sign, or not to. */
export function SignatureInput({ record, item, disabled }: { record: OpenRecord; item: Item; disabled: boolean }) {
  const kept = keptEvidence(useWork()).value;
  const signing = useSignal(false);
  const cannot = useSignal(false);
  if (disabled || !kept) return null;
  const beside = { item: item.id, finding: null };
  const isThere = evidenceBeside(record, beside).some(([, { withdrawn }]) => !withdrawn);
  const done = async (signature: Blob): Promise<void> => {
    signing.value = false;
    try {
      await addDrawing(kept.evidence, record, signature, beside);
      toast(say(words.signed));
    } catch (error) {
      toast(say(whyNot(error, "")));
    }
  };
  const because = (reason: string): void => {
    cannot.value = false;
    record.do({ command: "note", item: item.id, text: reason });
  };
  return (
    <>
      <div class="chips">
        <Button kind={isThere ? "plain" : "main"} onClick={() => (signing.value = true)}>
          {say(isThere ? words.signAgain : words.sign)}
        </Button>
        {!isThere && record.note(item.id) === "" && (
          <Button kind="quiet" onClick={() => (cannot.value = !cannot.value)}>{say(words.cannotSign)}</Button>
        )}
      </div>
      {cannot.value && (
        <Notice tone="grey">
          <p>{say(words.cannotSignHelp)}</p>
          <div class="chips">
            {CANNOT.map((reason) => (
              <Button key={reason.en} onClick={() => because(say(reason))}>{say(reason)}</Button>
            ))}
          </div>
        </Notice>
      )}
      {signing.value && <SignaturePad onDone={(drawn) => void done(drawn)} onClose={() => (signing.value = false)} />}
    </>
  );
}
