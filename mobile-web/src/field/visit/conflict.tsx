// A field that two people filled in differently: both values with who and when, and a way to pick.
import { Button, Card, Chip, toast } from "../../parts";
import type { Answer, Entry, FieldRef, Item } from "../../shapes";
import { say } from "../../words";
import { field as words } from "../../words/field";
import { percent } from "../../words/format";
import { answerText } from "./answer-text";
import type { OpenRecord } from "./open-record";
import { writerText } from "./writer-text";

interface ConflictProps {
  record: OpenRecord;
  of: FieldRef;
  item: Item | undefined;
  /** Beneath the item's own title. */
  untitled?: boolean;
}

/** Both values. */
export function Conflict({ record, of, item, untitled }: ConflictProps) {
  const view = record.view.value;
  if (!view) return null;
  const { answers, notes } = view.inspection;
  const entries: readonly Entry<Answer | string>[] = (of.field === "answer" ? answers : notes)[of.item] ?? [];
  const text = (value: Answer | string | null): string => {
    if (value === null || value === "") return say(words.empty);
    return typeof value === "string" ? value : answerText(value, item);
  };
  const title = item ? say(item.title) : of.item;
  return (
    <section class="conflict">
      <h3 class={untitled ? "unseen" : undefined}>{of.field === "note" ? say(words.noteOf(title)) : title}</h3>
      {entries.map((entry) => (
        <Card key={entry.change}>
          <div class="conflict-value">
            <strong>{text(entry.value)}</strong>
            {item && isUnder(entry.value, item) && (
              <Chip tone="brick" word={say(words.belowLimit(percent(item.finding_under ?? 0)))} />
            )}
          </div>
          <p class="quiet">{writerText(entry.author, entry.at, record.replica)}</p>
          {of.field === "answer" && <NoteBy record={record} item={of.item} actor={entry.author.actor} />}
          {record.writable.value && (
            <Button
              label={`${say(words.pick)}: ${text(entry.value)}`}
              onClick={() => {
                record.do({ command: "pick", field: of, chosen: entry.change });
                toast(say(words.picked));
              }}
            >
              {say(words.pick)}
            </Button>
          )}
        </Card>
      ))}
    </section>
  );
}

/** What the same author noted beside the item. */
function NoteBy({ record, item, actor }: { record: OpenRecord; item: string; actor: string }) {
  const note = record.view.value?.inspection.notes[item]?.find((entry) => entry.author.actor === actor)?.value;
  return note ? <p>{say(words.note)}: {note}</p> : null;
}

/** Whether a value is under the limit from which the item offers to raise a finding. */
export function isUnder(value: Answer | string | null, item: Item): boolean {
  return (
    value !== null && typeof value === "object" && value.kind === "percent" &&
    item.finding_under !== null && value.value < item.finding_under
  );
}
