// Reviewing: the queue beside the record that is open, by mouse, thumb or keyboard.
import { Fragment } from "preact";
import { useEffect } from "preact/hooks";
import { areas, reviewQueue, type QueueRow } from "../../api";
import { Button, Chip, EmptyState, PageHeader, Row, Rows, Select } from "../../parts";
import { address, go, setQuery } from "../../route";
import { wide } from "../../screen";
import type { Status, Verdict } from "../../shapes";
import { statuses } from "../../states";
import { say } from "../../words";
import { ago, day, days, daysBetween } from "../../words/format";
import { office as words } from "../../words/office";
import { shared } from "../../words/shared";
import { flagWords } from "../flags";
import { Show, useLoaded } from "../loaded";
import { deciding } from "../record/decision";
import { RecordScreen } from "../record/record";
import { SearchField } from "../search-field";
import "./review.css";

const STATUSES: readonly Status[] = [
  "submitted",
  "resubmitted",
  "returned",
  "approved",
  "rejected",
  "in_progress",
  "withdrawn",
];

/** The screen. `visit` is the record that is open. */
export function ReviewScreen({ visit }: { visit: string | null }) {
  const search = address.value.searchParams;
  const filters = { status: search.get("status"), area: search.get("area"), q: search.get("q") };
  const queue = useLoaded(JSON.stringify(filters), (signal) => reviewQueue(filters, signal));
  const rows = queue.value?.visits ?? [];
  const open = (row: QueueRow | undefined) =>
    row && go(`/office/review/${row.visit}${address.value.search}`, { replace: visit !== null });
  const at = rows.findIndex((row) => row.visit === visit);
  const next = () => open(rows[at + 1] ?? (at === -1 ? rows[0] : undefined));
  const previous = () => open(rows[at - 1]);

  useEffect(() => {
    document.title = `${say(words.review)} · ${say(shared.product)}`;
  });

  // On a wide screen the oldest opens by itself, so the right side is never empty while work waits.
  const first = rows[0]?.visit;
  useEffect(() => {
    if (wide.value && visit === null && first) go(`/office/review/${first}${address.value.search}`, { replace: true });
  }, [wide.value, visit, first]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || deciding.value) return;
      const target = event.target;
      if (target instanceof HTMLElement && target.closest("input, textarea, select, dialog")) return;
      const decide = (verdict: Verdict) => () => {
        if (visit) deciding.value = verdict;
      };
      const keys: Record<string, () => void> = { j: next, k: previous, a: decide("approved"), r: decide("returned") };
      const act = keys[event.key.toLowerCase()];
      if (!act) return;
      event.preventDefault();
      act();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  });

  const goOn = () => {
    const following = rows[at + 1] ?? rows[at - 1];
    queue.reload();
    if (following) open(following);
    else go(`/office/review${address.value.search}`, { replace: true });
  };

  return (
    <div class={`review${visit ? " reading" : ""}`}>
      <section class="review-list no-print" aria-label={say(words.queue)}>
        <QueueHeader rows={rows} filtered={Boolean(filters.status || filters.area || filters.q)} total={queue.value?.total} />
        <QueueFilters />
        <Show loaded={queue}>
          {({ visits }) =>
            visits.length === 0 ? (
              <EmptyQueue filtered={Boolean(filters.status || filters.area || filters.q)} />
            ) : (
              <Rows label={say(words.queue)}>
                {visits.map((row) => (
                  <QueueEntry key={row.visit} row={row} current={row.visit === visit} />
                ))}
              </Rows>
            )
          }
        </Show>
        {rows.length > 0 && wide.value && <Keys />}
      </section>
      {visit && (
        <RecordScreen
          key={visit}
          visit={visit}
          back={{ href: `/office/review${address.value.search}`, label: say(words.queue) }}
          onDecided={goOn}
        />
      )}
    </div>
  );
}

function QueueHeader({ rows, filtered, total }: { rows: readonly QueueRow[]; filtered: boolean; total: number | undefined }) {
  const oldest = rows[0]?.submitted_at;
  return (
    <PageHeader
      title={say(filtered ? words.records : words.queue)}
      end={
        total ? (
          <span class="quiet">
            {say(words.recordCount(total))}
            {!filtered && oldest != null && ` · ${say(words.oldest(days(daysBetween(oldest, Date.now()))))}`}
          </span>
        ) : null
      }
    />
  );
}

function QueueFilters() {
  const search = address.value.searchParams;
  const known = useLoaded("areas", areas, false).value?.areas ?? [];
  return (
    <div class="review-filters">
      <SearchField label={say(words.findRecord)} inside />
      <Select
        label={say(words.status)}
        hideLabel
        value={search.get("status") ?? ""}
        options={[
          { value: "", label: say(words.waiting) },
          ...STATUSES.map((status) => ({ value: status as string, label: say(statuses[status].word) })),
        ]}
        onChange={(status) => setQuery({ status })}
      />
      {known.length > 1 && (
        <Select
          label={say(words.area)}
          hideLabel
          value={search.get("area") ?? ""}
          options={[
            { value: "", label: say(words.allAreas) },
            ...known.filter(({ code }) => code.length > 6).map(({ code, name }) => ({ value: code, label: name })),
          ]}
          onChange={(area) => setQuery({ area })}
        />
      )}
    </div>
  );
}

function QueueEntry({ row, current }: { row: QueueRow; current: boolean }) {
  const state = statuses[row.status];
  const changed = row.flags.includes("changed_since_approval");
  const remarks = [
    ...(row.conflicts > 0 ? [say(words.conflictCount(row.conflicts))] : []),
    ...row.flags.filter((flag) => flag !== "changed_since_approval").map((flag) => say(flagWords[flag])),
  ];
  return (
    <Row
      href={`/office/review/${row.visit}${address.value.search}`}
      current={current}
      title={
        <>
          {row.cooperative_name}{" "}
          {changed ? (
            <Chip tone="ochre" word={say(words.flagChanged)} />
          ) : (
            row.status !== "submitted" && <Chip tone={state.tone} word={say(state.word)} {...(state.sign && { sign: state.sign })} />
          )}
        </>
      }
      about={
        <>
          {row.area_name} · {day(row.visit_at)}
          {row.submitted_at != null && ` · ${say(words.received)} ${ago(row.submitted_at)}`}
          {remarks.map((remark) => (
            <Fragment key={remark}>
              {" · "}
              <span class="review-remark">{remark}</span>
            </Fragment>
          ))}
        </>
      }
    />
  );
}

function EmptyQueue({ filtered }: { filtered: boolean }) {
  return filtered ? (
    <EmptyState title={say(words.nothingFound)} text={say(words.nothingFoundHint)}>
      <Button onClick={() => setQuery({ status: null, area: null, q: null })}>{say(words.clearFilters)}</Button>
    </EmptyState>
  ) : (
    <EmptyState title={say(words.queueEmpty)} text={say(words.queueEmptyHint)} />
  );
}

function Keys() {
  return (
    <p class="keys quiet">
      <kbd>J</kbd>
      <kbd>K</kbd> {say(words.keysMove)} <kbd>A</kbd> {say(words.approve)} <kbd>R</kbd> {say(words.return)}
    </p>
  );
}
