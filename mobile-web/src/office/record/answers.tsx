// What was found, section by section: every answer with who wrote it and when, conflicts with both values,
// notes, findings, and the supervisor's comments beside the items.
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { answerText, isShortfall } from "../../answers";
import { pick, type RecordPage } from "../../api";
import { Button, Chip, Icon, TextArea, toast } from "../../parts";
import { Problem, sentence, Unreachable } from "../../problem";
import type { Answer, Checklist, Entry, FieldEntries, FieldRef, Finding, Item, Section } from "../../shapes";
import { severities } from "../../states";
import { say } from "../../words";
import { day, dayAt, dayTime, time } from "../../words/format";
import { office as words } from "../../words/office";
import { commentItem, draftOf } from "./draft";

interface AnswersProps {
  page: RecordPage;
  questions: Checklist;
  /** What the server made of a pick; without it the record is only read. */
  onPage?: (page: RecordPage) => void;
}

/** All sections of a record. */
export function Answers({ page, questions, onPage }: AnswersProps) {
  const asked = new Set(page.asked);
  const { answers, notes, findings, summary } = page.inspection;
  const isShown = (item: Item) =>
    item.kind !== "summary" &&
    item.kind !== "signature" &&
    (asked.has(item.id) || answers[item.id] !== undefined || notes[item.id] !== undefined);
  const placed = new Set(questions.sections.flatMap(({ items }) => items.filter(isShown).map(({ id }) => id)));
  const others = Object.values(findings).filter(({ item }) => item === null || !placed.has(item));
  return (
    <>
      {questions.sections.map((section) => {
        const items = section.items.filter(isShown);
        return items.length === 0 ? null : (
          <section key={section.id} class="found-section">
            <SectionTitle section={section} items={items} page={page} />
            {items.map((item) => (
              <ItemRow key={item.id} item={item} page={page} onPage={onPage} />
            ))}
          </section>
        );
      })}
      {others.length > 0 && (
        <section class="found-section">
          <h2>{say(words.findings)}</h2>
          {others.map((finding) => (
            <FindingLine key={finding.text + finding.at} finding={finding} page={page} />
          ))}
        </section>
      )}
      <section class="found-section">
        <h2>{say(words.summary)}</h2>
        <p class="found-summary">{summary || <span class="quiet">{say(words.noSummary)}</span>}</p>
      </section>
      {page.inspection.withdrawals.map((withdrawal) => (
        <p key={withdrawal.change} class="found-withdrawn">
          {say(words.withdrawnBy(page.people[withdrawal.person] ?? "", dayTime(withdrawal.at)))} {withdrawal.reason}
        </p>
      ))}
    </>
  );
}

function SectionTitle({ section, items, page }: { section: Section; items: readonly Item[]; page: RecordPage }) {
  const yesNo = items.every(({ kind }) => kind === "yes_no");
  const met = items.filter(({ id }) => {
    const value = isConflict(page, { field: "answer", item: id }) ? null : settled(page.inspection.answers[id]);
    return value?.kind === "yes_no" && value.value === "yes";
  });
  return (
    <h2>
      {say(section.title)}
      {yesNo && (
        <span class="quiet">
          {" "}
          {say(words.yesOf(met.length, items.length))}
        </span>
      )}
    </h2>
  );
}

const isConflict = (page: RecordPage, { field, item }: FieldRef) =>
  page.conflicts.some((open) => open.field === field && open.item === item);

/** The value of a field that is not in conflict. */
const settled = <T,>(entries: FieldEntries<T> | undefined): T | null => entries?.at(-1)?.value ?? null;

function ItemRow({ item, page, onPage }: { item: Item; page: RecordPage; onPage: AnswersProps["onPage"] }) {
  const answer = page.inspection.answers[item.id];
  const note = page.inspection.notes[item.id];
  const findings = Object.values(page.inspection.findings).filter((finding) => finding.item === item.id);
  const author = answer?.at(-1) ?? note?.at(-1);
  const answerOpen = isConflict(page, { field: "answer", item: item.id });
  const noteOpen = isConflict(page, { field: "note", item: item.id });
  const open = answerOpen || noteOpen;
  const draft = draftOf(page.visit);
  const opened = useSignal(false);
  const written = draft.value.items[item.id] ?? "";
  // What was said beside the item at the last decision.
  const before = page.reviews.at(-1);
  const said = before?.item_comments[item.id];
  const mayComment = onPage !== undefined && (page.can_review || page.can_review_reason === "conflicts");
  const commenting = mayComment && (opened.value || written !== "");
  return (
    <div class={`found-item${open ? " found-open" : ""}`} id={`item-${item.id}`}>
      <h3 class="found-question">{say(item.title)}</h3>
      <div class="found-answer">
        {answerOpen && answer ? (
          <Conflict field={{ field: "answer", item: item.id }} entries={answer} page={page} onPage={onPage} show={(value) => <Value value={value} item={item} />} />
        ) : (
          <Value value={settled(answer)} item={item} />
        )}
        {noteOpen && note ? (
          <Conflict field={{ field: "note", item: item.id }} entries={note} page={page} onPage={onPage} show={(text) => text ?? say(words.noNote)} />
        ) : (
          settled(note) && <p class="found-note">{settled(note)}</p>
        )}
        {findings.map((finding) => (
          <FindingLine key={finding.text + finding.at} finding={finding} page={page} />
        ))}
        {said && (
          <p class="item-comment">
            <b>{before.reviewer_name}</b> {said} <span class="quiet">{dayTime(before.at)}</span>
          </p>
        )}
        {commenting && (
          <div class="comment-writing no-print">
            <TextArea
              label={say(words.itemComment)}
              rows={2}
              value={written}
              maxLength={2000}
              autofocus={opened.value}
              onInput={(text) => commentItem(draft, item.id, text)}
              onBlur={() => (opened.value = false)}
            />
          </div>
        )}
      </div>
      <p class="found-author quiet">{author && !open && byline(author, page)}</p>
      {mayComment && (
        <button
          type="button"
          class="comment-open no-print"
          title={say(words.addComment)}
          aria-expanded={commenting}
          aria-label={`${say(words.addComment)}: ${say(item.title)}`}
          onClick={() => (opened.value = true)}
        >
          <Icon name="note" />
        </button>
      )}
    </div>
  );
}

function Value({ value, item }: { value: Answer | null; item: Item }) {
  if (!value) return <span class="quiet">{say(words.notAnswered)}</span>;
  const shortfall = isShortfall(value, item);
  return (
    <b class={shortfall ? "found-shortfall" : undefined}>
      {shortfall && <span aria-hidden="true">! </span>}
      {answerText(value, item)}
    </b>
  );
}

/** Who wrote it and when, by the author's phone; the day only where it isn't the day of the visit. */
function byline(entry: Entry<unknown>, page: RecordPage): string {
  const name = entry.author.person ? (page.people[entry.author.person] ?? say(words.somebody)) : say(words.somebody);
  return `${name} ${day(entry.at) === day(page.visit_at) ? time(entry.at) : dayTime(entry.at)}`;
}

interface ConflictProps<T> {
  field: FieldRef;
  entries: FieldEntries<T>;
  page: RecordPage;
  onPage: AnswersProps["onPage"];
  show: (value: T | null) => ComponentChildren;
}

/** Both values of a field, and a way to pick one. */
function Conflict<T>({ field, entries, page, onPage, show }: ConflictProps<T>) {
  const busy = useSignal(false);
  const choose = async (chosen: string) => {
    busy.value = true;
    try {
      onPage?.(await pick(page.visit, { field, chosen, heads: page.heads }));
      toast(say(words.picked));
    } catch (error) {
      if (!(error instanceof Problem) && !(error instanceof Unreachable)) throw error;
      toast(sentence(error));
    } finally {
      busy.value = false;
    }
  };
  return (
    <div class="conflict">
      <p class="conflict-title">
        <span aria-hidden="true">● </span>
        {say(words.conflict)}
      </p>
      <ul>
        {entries.map((entry) => (
          <li key={entry.change}>
            <span class="conflict-value">{show(entry.value)}</span>
            <span class="quiet">{byline(entry, page)}</span>
            {onPage && (page.can_review || page.can_review_reason === "conflicts") && (
              <Button busy={busy.value} onClick={() => choose(entry.change)}>
                {say(words.pickThis)}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

function FindingLine({ finding, page }: { finding: Finding; page: RecordPage }) {
  const severity = severities[finding.severity];
  const name = finding.author.person ? page.people[finding.author.person] : null;
  const about = [
    ...(finding.due ? [say(words.dueBy(day(dayAt(finding.due))))] : []),
    ...(finding.responsible ? [say(words.responsible(finding.responsible))] : []),
    ...(name ? [name] : []),
  ];
  return (
    <p class={`finding${finding.withdrawn ? " finding-withdrawn" : ""}`}>
      <span aria-hidden="true">→ </span>
      {say(words.finding)} <Chip tone={severity.tone} word={say(severity.word)} /> <span class="finding-text">{finding.text}</span>
      {finding.withdrawn && <> <Chip tone="grey" word={say(words.findingWithdrawn)} /></>}
      {about.length > 0 && <span class="quiet"> · {about.join(" · ")}</span>}
    </p>
  );
}
