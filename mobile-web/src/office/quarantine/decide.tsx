// Releasing what was refused, or deciding that it stays out: asked once more, with a reason.
import { useSignal } from "@preact/signals";
import { decideParcel, type ParcelPage, type RefusedOutcome } from "../../api";
import { Button, Dialog, TextArea, toast } from "../../parts";
import { Problem, sentence, Unreachable } from "../../problem";
import { say } from "../../words";
import { quarantine as words, refusedBecause } from "../../words/quarantine";
import { shared } from "../../words/shared";
import { more } from "../live";

/** What is being decided about which changes. */
export interface Deciding {
  what: "release" | "dismiss";
  ids: readonly number[];
}

interface DecideDialogProps {
  deciding: Deciding;
  of: ParcelPage;
  onClose: () => void;
}

/** The dialog. */
export function DecideDialog({ deciding: { what, ids }, of, onClose }: DecideDialogProps) {
  const reason = useSignal("");
  const busy = useSignal(false);
  const error = useSignal<string | null>(null);

  const send = async () => {
    if (busy.value) return;
    if (reason.value.trim() === "") {
      error.value = say(words.reasonNeeded);
      return;
    }
    busy.value = true;
    error.value = null;
    try {
      const { changes } = await decideParcel(what, ids, reason.value.trim());
      toast(told(changes));
      // The lists and figures that a decision moves don't wait for word from the server.
      more.value++;
      onClose();
    } catch (failure) {
      if (!(failure instanceof Problem) && !(failure instanceof Unreachable)) throw failure;
      error.value = sentence(failure);
    } finally {
      busy.value = false;
    }
  };

  return (
    <Dialog
      title={`${say(words[what])} · ${say(words.count(ids.length))}`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{say(shared.cancel)}</Button>
          <Button kind={what === "release" ? "main" : "danger"} busy={busy.value} onClick={() => void send()}>
            {say(words[what])}
          </Button>
        </>
      }
    >
      <p>{say(what === "release" ? words.releaseMeans(of.person_name) : words.dismissMeans)}</p>
      <TextArea
        label={say(words.reason)}
        value={reason.value}
        maxLength={2000}
        autofocus
        error={error.value}
        onInput={(text) => {
          reason.value = text;
          error.value = null;
        }}
      />
    </Dialog>
  );
}

/** What became of them, in a sentence. */
function told(outcomes: readonly RefusedOutcome[]): string {
  const count = (resolution: RefusedOutcome["resolution"]) => outcomes.filter((one) => one.resolution === resolution).length;
  const open = outcomes.filter(({ resolution }) => resolution === null);
  const why = [...new Set(open.map(({ code }) => say(refusedBecause[code] ?? { zh: code, en: code })))];
  return [
    count("released") > 0 && say(words.doneReleased(count("released"))),
    count("dismissed") > 0 && say(words.doneDismissed(count("dismissed"))),
    open.length > 0 && `${say(words.stillOpen(open.length))}(${why.join(say({ zh: "、", en: ", " }))})`,
  ]
    .filter(Boolean)
    .join(" · ");
}
