// How the record came about, newest first: who wrote when and when it arrived, and every decision.
import type { HistoryEntry, RecordPage } from "../../api";
import type { Command, Item, ItemId, Review } from "../../shapes";
import { statuses } from "../../states";
import { say } from "../../words";
import { between, dayTime } from "../../words/format";
import { office as words } from "../../words/office";
import { commandText } from "./command-text";

/** What one person wrote between two submissions or decisions, or one of those. */
type Step =
  | { kind: "wrote" | "picked"; person: string | null; entries: HistoryEntry[] }
  | { kind: "submitted" | "withdrew"; person: string | null; entry: HistoryEntry }
  | { kind: "decided"; review: Review };

/** The steps of a record in the order in which the server learned of them. */
function steps(page: RecordPage): Step[] {
  const present = new Set(page.inspection.present.map(({ person }) => person));
  const all: Step[] = [];
  const reviews = [...page.reviews];
  const decidedUntil = (at: number) => {
    while (reviews[0] && reviews[0].at <= at) {
      const review = reviews.shift();
      if (review) all.push({ kind: "decided", review });
    }
  };
  for (const entry of page.history) {
    decidedUntil(entry.received_at);
    const ends = entry.commands.find(({ command }) => command === "submit" || command === "withdraw");
    if (ends) {
      all.push({ kind: ends.command === "submit" ? "submitted" : "withdrew", person: entry.person, entry });
      continue;
    }
    const kind = entry.person !== null && !present.has(entry.person) ? "picked" : "wrote";
    const since = all.slice(all.findLastIndex((step) => !("entries" in step)) + 1);
    const same = since.find((step) => step.kind === kind && step.person === entry.person);
    if (same && "entries" in same) same.entries.push(entry);
    else all.push({ kind, person: entry.person, entries: [entry] });
  }
  decidedUntil(Number.POSITIVE_INFINITY);
  return all.reverse();
}

interface TimelineProps {
  page: RecordPage;
  items: ReadonlyMap<ItemId, Item>;
}

/** The timeline. */
export function Timeline({ page, items }: TimelineProps) {
  const name = (person: string | null) => (person && page.people[person]) || say(words.somebody);
  return (
    <section class="timeline">
      <h2>{say(words.history)}</h2>
      <ol>
        {steps(page).map((step, at) => (
          <li key={at} class={toneOf(step)}>
            <StepText step={step} name={name} items={items} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function toneOf(step: Step): string {
  if (step.kind === "decided") return statuses[step.review.verdict].tone;
  return step.kind === "submitted" ? "green" : step.kind === "withdrew" ? "brick" : "open";
}

function StepText({ step, name, items }: { step: Step; name: (person: string | null) => string; items: TimelineProps["items"] }) {
  if (step.kind === "decided") {
    const { review } = step;
    const count = Object.keys(review.item_comments).length;
    return (
      <>
        <p>
          <b>{say(statuses[review.verdict].word)}</b> {review.reviewer_name}
        </p>
        <p class="quiet">
          {dayTime(review.at)}
          {count > 0 && ` · ${say(words.itemCommentCount(count))}`}
        </p>
        {review.comment && <q>{review.comment}</q>}
      </>
    );
  }
  if ("entry" in step) {
    const { entry } = step;
    const reason = entry.commands.find((one): one is Command & { command: "withdraw" } => one.command === "withdraw")?.reason;
    return (
      <>
        <p>
          <b>{say(step.kind === "submitted" ? words.submitted : words.withdrew)}</b> {name(step.person)}
        </p>
        <p class="quiet">{say(words.phoneAndReceipt(dayTime(entry.facts.at), dayTime(entry.received_at)))}</p>
        {reason && <q>{reason}</q>}
      </>
    );
  }
  const commands = step.entries.flatMap((entry) => entry.commands);
  const times = step.entries.map(({ facts }) => facts.at);
  const received = Math.max(...step.entries.map(({ received_at }) => received_at));
  const told = commands.map((command) => commandText(command, items)).filter((text) => text !== null);
  return (
    <>
      <p>
        {say(step.kind === "picked" ? words.pickedCount(told.length) : words.wroteCount(told.length))} {name(step.person)}
      </p>
      <p class="quiet">
        {between(Math.min(...times), Math.max(...times))} · {say(words.received)} {dayTime(received)}
      </p>
      {told.length > 0 && (
        <details class="no-print">
          <summary>{say(words.whatExactly)}</summary>
          <ul class="quiet">
            {told.map((text, at) => (
              <li key={at}>{text}</li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
