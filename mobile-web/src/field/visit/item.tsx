// One item of the checklist: the question, its answer, what the supervisor said, a note, its findings.
import { useSignal } from "@preact/signals";
import { NOTE_CHARS_MAX } from "../../core/limits";
import { Button, ButtonLink, Icon, Notice } from "../../parts";
import type { Item } from "../../shapes";
import { say } from "../../words";
import { field as words } from "../../words/field";
import { day, dayTime, percent } from "../../words/format";
import { isSigned, SignatureInput } from "../evidence/signature";
import { EvidenceStrip } from "../evidence/strip";
import { paths } from "../paths";
import { AnswerInput } from "./answer-input";
import { answerText } from "./answer-text";
import { Autosaved } from "./autosaved";
import { Conflict, isUnder } from "./conflict";
import { FindingCard } from "./findings";
import type { OpenRecord } from "./open-record";

/** The item. */
export function ItemRow({ record, item }: { record: OpenRecord; item: Item }) {
  const disabled = !record.writable.value;
  const inConflict = record.inConflict("answer", item.id);
  const answered = isAnswered(record, item);
  return (
    <section class="item" id={item.id} aria-label={say(item.title)}>
      <header class="item-title">
        <h2>{say(item.title)}</h2>
        {item.required && !answered && <span class="quiet">{say(words.required)}</span>}
      </header>
      {say(item.help) && <p class="quiet">{say(item.help)}</p>}
      <CommentOf record={record} item={item} disabled={disabled} />
      {inConflict ? (
        <Conflict record={record} of={{ field: "answer", item: item.id }} item={item} untitled />
      ) : item.kind === "signature" ? (
        <SignatureInput record={record} item={item} disabled={disabled} />
      ) : (
        <>
          <AnswerInput record={record} item={item} disabled={disabled} />
          <LastTime record={record} item={item} disabled={disabled} />
        </>
      )}
      <FindingsOf record={record} item={item} disabled={disabled} />
      <EvidenceStrip
        record={record}
        beside={{ item: item.id, finding: null }}
        title={say(item.title)}
        disabled={disabled}
        adds={item.kind !== "signature"}
      >
        {item.kind !== "summary" && item.kind !== "text" && <NoteOf record={record} item={item} disabled={disabled} />}
      </EvidenceStrip>
    </section>
  );
}

/** Whether the item has what it asks for. */
export function isAnswered(record: OpenRecord, item: Item): boolean {
  switch (item.kind) {
    case "summary":
      return record.summary() !== "";
    case "signature":
      return isSigned(record, item.id);
    default:
      return record.answer(item.id) !== null || record.inConflict("answer", item.id);
  }
}

interface Within {
  record: OpenRecord;
  item: Item;
  disabled: boolean;
}

/** What was found at the visit before, while there is no answer yet: taken over only by pressing it. */
function LastTime({ record, item, disabled }: Within) {
  const previous = record.previous.value;
  const differed = previous?.conflicts.some((of) => of.field === "answer" && of.item === item.id);
  const value = differed ? null : previous?.inspection.answers[item.id]?.at(-1)?.value;
  const at = previous?.summary.started_at;
  if (!value || !at || record.answer(item.id) !== null) return null;
  const text = say(words.lastTime(answerText(value, item), day(at)));
  if (disabled) return <p class="quiet">{text}</p>;
  return (
    <button type="button" class="last-time" onClick={() => record.do({ command: "answer", item: item.id, value })}>
      <span>{text}</span> <b>{say(words.takeOver)}</b>
    </button>
  );
}

function CommentOf({ record, item, disabled }: Within) {
  const comment = record.comment(item.id);
  if (!comment) return null;
  const canConfirm = !disabled && !comment.answered && record.answer(item.id) !== null;
  return (
    <Notice
      tone={comment.answered ? "green" : "brick"}
      action={
        canConfirm && (
          <Button onClick={() => record.do({ command: "confirm", item: item.id, review: comment.review })}>
            {say(words.confirm)}
          </Button>
        )
      }
    >
      <p>{comment.text}</p>
      <p class="item-comment-by">
        {say(words.commentBy(comment.by, dayTime(comment.at)))}
        {comment.answered && ` · ${say(words.commentAnswered)}`}
      </p>
    </Notice>
  );
}

function FindingsOf({ record, item, disabled }: Within) {
  const findings = Object.entries(record.view.value?.inspection.findings ?? {}).filter(
    ([, finding]) => finding.item === item.id && !finding.withdrawn,
  );
  const answer = record.answer(item.id);
  const isNo = answer?.kind === "yes_no" && answer.value === "no";
  const under = isUnder(answer, item);
  return (
    <>
      {findings.map(([id, finding]) => (
        <FindingCard key={id} record={record} id={id} finding={finding} disabled={disabled} />
      ))}
      {(isNo || under) && findings.length === 0 && !disabled && (
        <Notice
          tone="brick"
          action={
            <ButtonLink kind="danger" href={paths.finding(record.visit, item.id)}>{say(words.raiseFinding)}</ButtonLink>
          }
        >
          {under ? say(words.belowLimit(percent(item.finding_under ?? 0))) : `${say(item.title)}: ${answerText({ kind: "yes_no", value: "no" }, item)}`}
        </Notice>
      )}
    </>
  );
}

function NoteOf({ record, item, disabled }: Within) {
  const opened = useSignal(false);
  const title = say(item.title);
  if (record.inConflict("note", item.id)) return <Conflict record={record} of={{ field: "note", item: item.id }} item={item} />;
  const note = record.note(item.id);
  if (note !== "") opened.value = true;
  if (!opened.value) {
    if (disabled) return null;
    return (
      <Button kind="quiet" label={say(words.noteOf(title))} onClick={() => (opened.value = true)}>
        <Icon name="note" />
        {say(words.note)}
      </Button>
    );
  }
  return (
    <Autosaved
      label={say(words.note)}
      input="lines"
      maxLength={NOTE_CHARS_MAX}
      saved={note}
      parse={(text) => ({ ok: text })}
      record={record}
      command={(text) => ({ command: "note", item: item.id, text })}
      disabled={disabled}
      autofocus={note === ""}
    />
  );
}
