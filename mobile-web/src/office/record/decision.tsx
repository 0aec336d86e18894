// Approving, returning, rejecting: with comments, pinned to what is on the screen, and what to do when
// the record has moved in between.
import { signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { record, review, type FieldChange, type RecordPage } from "../../api";
import { Button, Dialog, Notice, TextArea, toast } from "../../parts";
import { Problem, sentence, Unreachable } from "../../problem";
import { go } from "../../route";
import type { Item, ItemId, Verdict } from "../../shapes";
import { statuses } from "../../states";
import { say, type Text } from "../../words";
import { dayTime } from "../../words/format";
import { office as words } from "../../words/office";
import { shared } from "../../words/shared";
import { clearDraft, draftOf, isEmpty } from "./draft";
import { Differences } from "./differences";

/** The decision being taken; set by a button or a key. */
export const deciding = signal<Verdict | null>(null);

const VERDICTS: readonly Verdict[] = ["approved", "returned", "rejected"];
const verbs: Record<Verdict, Text> = { approved: words.approve, returned: words.return, rejected: words.reject };
const done: Record<Verdict, Text> = { approved: words.approvedDone, returned: words.returnedDone, rejected: words.rejectedDone };
const reasons = {
  wrote_in_it: words.cannotWroteInIt,
  conflicts: words.cannotConflicts,
  not_submitted: words.cannotNotSubmitted,
  not_yours: words.cannotNotYours,
} as const;

/** Why this can't be decided now; null where it can. Conflicts keep from approving only. */
function whyNot(page: RecordPage, verdict: Verdict): string | null {
  const reason = page.can_review_reason;
  if (reason === "conflicts") return verdict === "approved" ? say(words.cannotConflicts) : null;
  if (page.can_review) return null;
  return say(reason ? reasons[reason] : words.cannotNotYours);
}

interface DecisionProps {
  page: RecordPage;
  items: ReadonlyMap<ItemId, Item>;
  onPage: (page: RecordPage) => void;
  onDecided: (() => void) | undefined;
}

/** The buttons, the last decision, and the dialog of the one being taken. */
export function Decision({ page, items, onPage, onDecided }: DecisionProps) {
  const last = page.reviews.at(-1);
  const verdict = deciding.value;
  const refused = verdict && whyNot(page, verdict);

  useEffect(() => {
    if (refused) {
      deciding.value = null;
      toast(refused);
    }
  }, [refused]);
  useEffect(() => () => void (deciding.value = null), [page.visit]);

  const blocked = [...new Set(VERDICTS.map((one) => whyNot(page, one)).filter((why) => why !== null))];
  return (
    <section class="decision no-print">
      <h2>{say(words.decision)}</h2>
      {last && (
        <p class="decision-last">
          {say(statuses[last.verdict].word)} · {last.reviewer_name} · {dayTime(last.at)}
          {last.comment && <q>{last.comment}</q>}
        </p>
      )}
      {page.can_review_reason !== "not_yours" && (
        <div class="decision-buttons">
          {VERDICTS.map((one) => (
            <Button
              key={one}
              kind={one === "approved" ? "main" : one === "returned" ? "danger" : "plain"}
              disabled={whyNot(page, one) !== null}
              onClick={() => (deciding.value = one)}
            >
              {say(verbs[one])}
            </Button>
          ))}
        </div>
      )}
      {blocked.map((why) => (
        <p key={why} class="quiet">
          {why}
        </p>
      ))}
      {verdict && !refused && (
        <DecisionDialog key={verdict} verdict={verdict} page={page} items={items} onPage={onPage} onDecided={onDecided} />
      )}
    </section>
  );
}

/** What moved while the decision was being taken. */
interface Moved {
  heads: readonly string[];
  changes: readonly FieldChange[];
}

function DecisionDialog({ verdict, page, items, onPage, onDecided }: DecisionProps & { verdict: Verdict }) {
  const draft = draftOf(page.visit);
  const busy = useSignal(false);
  const error = useSignal<string | null>(null);
  const moved = useSignal<Moved | null>(null);
  const comments = Object.entries(draft.value.items);
  const needsWords = verdict !== "approved" && isEmpty(draft.value);

  const send = async () => {
    if (busy.value) return;
    if (needsWords) {
      error.value = say(words.commentNeeded);
      return;
    }
    busy.value = true;
    error.value = null;
    try {
      const after = await review(page.visit, {
        heads: moved.value?.heads ?? page.heads,
        verdict,
        comment: draft.value.comment.trim(),
        item_comments: draft.value.items,
      });
      deciding.value = null;
      clearDraft(draft);
      toast(say(done[verdict]) + " · " + page.cooperative.name, {
        label: say(words.showAgain),
        onClick: () => go(`/office/visits/${page.visit}`),
      });
      if (onDecided) onDecided();
      else onPage(after);
    } catch (failure) {
      if (failure instanceof Problem && failure.code === "record_moved") {
        const { heads, changes } = failure.body as unknown as Moved;
        moved.value = { heads, changes };
      } else if (failure instanceof Problem || failure instanceof Unreachable) {
        error.value = sentence(failure);
      } else {
        throw failure;
      }
    } finally {
      busy.value = false;
    }
  };

  const close = () => (deciding.value = null);
  const look = async () => {
    onPage(await record(page.visit));
    close();
  };

  return (
    <Dialog
      title={`${say(verbs[verdict])} · ${page.cooperative.name}`}
      onClose={close}
      actions={
        <>
          <Button onClick={close}>{say(shared.cancel)}</Button>
          {moved.value && <Button onClick={() => void look()}>{say(words.showNewest)}</Button>}
          <Button kind={verdict === "approved" ? "main" : "danger"} busy={busy.value} onClick={() => void send()}>
            {say(moved.value ? words.decideAnyway(verbs[verdict]) : verbs[verdict])}
          </Button>
        </>
      }
    >
      {moved.value && (
        <Notice tone="ochre" urgent>
          <b>{say(words.moved)}</b>
          <Differences changes={moved.value.changes} items={items} people={page.people} />
        </Notice>
      )}
      <p>{say(verdict === "approved" ? words.approveMeans : verdict === "returned" ? words.returnMeans : words.rejectMeans)}</p>
      {comments.length > 0 && (
        <ul class="decision-comments">
          {comments.map(([id, text]) => {
            const item = items.get(id);
            return (
              <li key={id}>
                <b>{item ? say(item.title) : id}</b> {text}
              </li>
            );
          })}
        </ul>
      )}
      <TextArea
        label={say(verdict === "approved" ? words.commentOptional : words.comment)}
        value={draft.value.comment}
        maxLength={2000}
        autofocus
        error={error.value}
        onInput={(comment) => {
          draft.value = { ...draft.value, comment };
          error.value = null;
        }}
      />
    </Dialog>
  );
}
