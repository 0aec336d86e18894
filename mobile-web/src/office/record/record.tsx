// One record on one page: what was found on the left; the decision, the place and the history on the right.
import { useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { approvedRecord, checklist, record, type Flag, type RecordPage } from "../../api";
import { itemsById } from "../../answers";
import { Button, Chip, Notice, PageHeader } from "../../parts";
import { Problem, Unreachable } from "../../problem";
import type { Checklist } from "../../shapes";
import { outcomes, statuses } from "../../states";
import { say } from "../../words";
import { dayTime, fullDay, timesBetween } from "../../words/format";
import { office as words } from "../../words/office";
import { shared } from "../../words/shared";
import { flagWords } from "../flags";
import { more } from "../live";
import { Show, useLoaded } from "../loaded";
import { Answers } from "./answers";
import { Decision } from "./decision";
import { Differences } from "./differences";
import { Place } from "./place";
import "./record.css";
import { Timeline } from "./timeline";

interface RecordScreenProps {
  visit: string;
  back?: { href: string; label: string };
  /** What follows a decision. */
  onDecided?: () => void;
}

/** The screen; given a key, so that one record never shows under another's name. */
export function RecordScreen({ visit, back, onDecided }: RecordScreenProps) {
  const loaded = useLoaded(visit, (signal) => record(visit, signal), false);
  const reference = loaded.value?.checklist;
  const questions = useLoaded(
    reference ?? "",
    async () => (reference ? checklist(reference) : undefined),
    false,
  );
  const newer = useNewer(visit, loaded.value);
  return (
    <article class="record">
      <Show loaded={loaded}>
        {(page) => (
          <Show loaded={questions}>
            {(known) =>
              known && (
                <Page
                  page={page}
                  questions={known}
                  newer={newer.value}
                  back={back}
                  onNewer={(next) => {
                    newer.value = null;
                    loaded.replace(next);
                  }}
                  onDecided={onDecided}
                />
              )
            }
          </Show>
        )}
      </Show>
    </article>
  );
}

/** The record as the server now has it, where it is no longer the one on screen. It never replaces by itself what somebody reads. */
function useNewer(visit: string, shown: RecordPage | undefined) {
  const newer = useSignal<RecordPage | null>(null);
  const latest = useRef(shown);
  latest.current = shown;
  const seen = useRef(more.peek());
  useSignalEffect(() => {
    if (more.value === seen.current) return;
    seen.current = more.value;
    record(visit).then(
      (page) => {
        const now = latest.current;
        if (now && !isSame(now, page)) newer.value = page;
      },
      (error: unknown) => {
        if (!(error instanceof Problem) && !(error instanceof Unreachable)) throw error;
      },
    );
  });
  return newer;
}

const isSame = (a: RecordPage, b: RecordPage) =>
  a.reviews.length === b.reviews.length && [...a.heads].sort().join() === [...b.heads].sort().join();

interface PageProps {
  page: RecordPage;
  questions: Checklist;
  newer: RecordPage | null;
  back: { href: string; label: string } | undefined;
  onNewer: (page: RecordPage) => void;
  onDecided: (() => void) | undefined;
}

function Page({ page, questions, newer, back, onNewer, onDecided }: PageProps) {
  const approved = useSignal(false);
  const items = itemsById(questions);
  useEffect(() => {
    document.title = `${page.cooperative.name} ${fullDay(page.visit_at)} · ${say(shared.product)}`;
  });
  return (
    <div class="record-columns">
      <div class="record-found">
        <Head
          page={page}
          back={back ?? { href: `/office/cooperatives/${page.cooperative.id}`, label: say(words.toCooperative) }}
        />
        {newer && (
          <Notice
            tone="blue"
            urgent
            action={<Button onClick={() => onNewer(newer)}>{say(words.showNewest)}</Button>}
          >
            {say(words.movedWhileReading)}
          </Notice>
        )}
        {page.changed_since_approval && (
          <ChangedSinceApproval page={page} items={items} approved={approved.value} onToggle={() => (approved.value = !approved.value)} />
        )}
        {approved.value ? (
          <Approved visit={page.visit} questions={questions} />
        ) : (
          <Answers page={page} questions={questions} onPage={onNewer} />
        )}
      </div>
      <aside class="record-aside" aria-label={say(words.decisionAndHistory)}>
        <Decision page={page} items={items} onPage={onNewer} onDecided={onDecided} />
        <Place page={page} />
        <Timeline page={page} items={items} />
      </aside>
    </div>
  );
}

function Head({ page, back }: { page: RecordPage; back: { href: string; label: string } }) {
  const state = statuses[page.status];
  const { cooperative, inspection } = page;
  const outcome = inspection.answers["visit_outcome"]?.at(-1)?.value;
  const held = outcome?.kind === "choice" && outcome.value in outcomes ? outcomes[outcome.value as keyof typeof outcomes] : null;
  const until = Math.max(page.visit_at, ...inspection.submissions.map(({ at }) => at));
  const people = [...new Set(inspection.present.map(({ person }) => person))].map((id) => page.people[id] ?? id);
  const flags: Flag[] = [
    ...(page.time_flagged ? (["clock"] as const) : []),
    ...(Object.keys(inspection.fixes).length === 0 ? (["no_fix"] as const) : []),
  ];
  return (
    <>
      <PageHeader
        title={cooperative.name}
        back={back}
        end={
          <>
            <Chip tone={state.tone} word={say(state.word)} {...(state.sign && { sign: state.sign })} />{" "}
            <span class="no-print">
              <Button kind="quiet" onClick={() => print()}>
                {say(shared.print)}
              </Button>
            </span>
          </>
        }
        about={
          <>
            {page.area_name}
            {cooperative.village && ` ${cooperative.village}`} · {fullDay(page.visit_at)} {timesBetween(page.visit_at, until)}
          </>
        }
      />
      <p class="record-facts">
        {held && <Chip tone={held.tone} word={say(held.word)} />}
        {cooperative.provisional && <Chip tone="ochre" word={say(words.provisional)} />}
        {flags.map((flag) => (
          <Chip key={flag} tone="ochre" word={say(flagWords[flag])} />
        ))}
        <span class="quiet">
          {people.join(say({ zh: "、", en: ", " }))} · {say(words.visitCode)} <span translate={false}>{page.code}</span>
          <span class="no-print">
            {" · "}
            <a href={`/office/cooperatives/${cooperative.id}`}>{say(words.toCooperative)}</a>
          </span>
        </span>
      </p>
      <dl class="print-only print-facts">
        <Fact label={say(words.creditCode)} value={cooperative.credit_code ?? "—"} />
        <Fact label={say(words.chair)} value={cooperative.chair} />
        <Fact label={say(words.address)} value={cooperative.address} />
        <Fact label={say(words.printed)} value={dayTime(Date.now())} />
      </dl>
    </>
  );
}

function Fact({ label, value }: { label: string; value: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}

interface ChangedProps {
  page: RecordPage;
  items: ReturnType<typeof itemsById>;
  approved: boolean;
  onToggle: () => void;
}

function ChangedSinceApproval({ page, items, approved, onToggle }: ChangedProps) {
  return (
    <Notice
      tone="ochre"
      action={
        <Button onClick={onToggle}>{say(approved ? words.showCurrent : words.showApproved)}</Button>
      }
    >
      <b>{say(words.changedSinceApproval)}</b>
      {page.changes_since_review && !approved && (
        <Differences changes={page.changes_since_review} items={items} people={page.people} />
      )}
    </Notice>
  );
}

/** The record as it was approved, to read. */
function Approved({ visit, questions }: { visit: string; questions: Checklist }) {
  const loaded = useLoaded(`${visit} approved`, (signal) => approvedRecord(visit, signal), false);
  return (
    <Show loaded={loaded}>
      {(page) => (
        <>
          <p class="quiet">{say(words.asApproved(dayTime(page.reviews.findLast(({ verdict }) => verdict === "approved")?.at ?? page.visit_at)))}</p>
          <Answers page={page} questions={questions} />
        </>
      )}
    </Show>
  );
}
