// Today: what came back from the supervisor, what was begun, and where to go.
import { signal, useComputed, useSignal, useSignalEffect } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { Button, ButtonLink, Card, Chip, EmptyState, PageHeader, Rows, Segments } from "../../parts";
import type { DueVisit, RecordSummary } from "../../core/door";
import { person } from "../../session";
import { contact } from "../../sync/contact";
import type { Cooperative } from "../../shapes";
import { say } from "../../words";
import { firstScreen as words } from "../../words/first-screen";
import { day, dayAt, days, daysBetween, fullDay, isoDay } from "../../words/format";
import { shared } from "../../words/shared";
import { cooperativeName } from "../cooperatives/name";
import { minute } from "../minute";
import { paths } from "../paths";
import { RecordRow } from "../records/record-row";
import { SyncChip } from "../sync-chip";
import { UNIT_DIGITS } from "../units";
import { Update } from "../update";
import { useWork } from "../work";
import { reasonLabels } from "./reasons";

/** Due dates nearer than this show in ochre. */
const SOON_DAYS = 14;
const DRAWN = 20;

/** Chosen by the person; until then those of the person, or all where the person has none. */
const whose = signal<"mine" | "all" | null>(null);

/** The screen. */
export function TodayScreen() {
  const { replica } = useWork();
  const mine = useComputed(() => [...replica.summaries.value.values()].filter((summary) => summary.mine));
  const returned = mine.value.filter((summary) => summary.status === "returned");
  const begun = mine.value.filter((summary) => summary.status === "in_progress");
  const units = person.value?.roles.filter((role) => role.role === "coordinator").map((role) => role.area_name);
  return (
    <main class="field-screen with-actions with-places">
      <PageHeader
        title={say(words.today)}
        about={[fullDay(minute.value), ...(units ?? [])].join(" · ")}
        end={<SyncChip />}
      />
      {person.value?.sample && <p class="chips"><Chip tone="blue" word={say(shared.sample)} /></p>}
      <Update />
      {returned.length > 0 && (
        <Group title={say(words.returnedTitle)} count={say(words.recordsCount(returned.length))}>
          {returned.map((summary) => <ReturnedCard key={summary.visit} summary={summary} />)}
        </Group>
      )}
      {begun.length > 0 && (
        <Group title={say(words.inProgressTitle)} count={say(words.recordsCount(begun.length))}>
          <Rows>{begun.map((summary) => <RecordRow key={summary.visit} summary={summary} />)}</Rows>
        </Group>
      )}
      <Due />
      <div class="actions-bar">
        <ButtonLink kind="main" big href={paths.cooperatives}>+ {say(words.startVisit)}</ButtonLink>
      </div>
    </main>
  );
}

function Group({ title, count, children }: { title: string; count: string; children: ComponentChildren }) {
  return (
    <section class="part">
      <h2 class="group-title">{title} <span>{count}</span></h2>
      {children}
    </section>
  );
}

function ReturnedCard({ summary }: { summary: RecordSummary }) {
  const { replica } = useWork();
  const last = replica.reviews(summary.visit).at(-1);
  const said = last?.comment || Object.values(last?.item_comments ?? {})[0];
  return (
    <Card tone="brick" href={paths.visit(summary.visit)}>
      <strong>{cooperativeName(replica, summary)}</strong>
      <p class="chips">
        <Chip tone="brick" sign="↩" word={say(shared.statusReturned)} />
        {last && <span class="quiet">{say(words.returnedBy(last.reviewer_name, day(last.at)))}</span>}
      </p>
      {said && <p>{say({ zh: `“${said}”`, en: `“${said}”` })}</p>}
    </Card>
  );
}

function Due() {
  const { replica } = useWork();
  const due = useSignal<readonly DueVisit[] | null>(null);
  const drawn = useSignal(DRAWN);
  const today = useComputed(() => isoDay(minute.value));
  useSignalEffect(() => {
    // Read here, so that the list follows what the core is going to look at.
    void [replica.cooperatives.value, replica.summaries.value, replica.rules.value, today.value];
    // While pages come in, the list stands still rather than being drawn up for every page.
    if (contact.value.is === "talking" && due.peek() !== null) return undefined;
    let superseded = false;
    void replica.due().then((visits) => {
      if (!superseded) due.value = visits;
    });
    return () => (superseded = true);
  });
  const begun = new Set(
    [...replica.summaries.value.values()].filter((one) => one.mine && one.status === "in_progress").map((one) => one.cooperative),
  );
  if (replica.cooperatives.value.size === 0) {
    return <EmptyState title={say(words.notYetSynced)} text={say(words.notYetSyncedHelp)} />;
  }
  if (!due.value) return null;
  const units = person.value?.roles.filter((role) => role.role === "coordinator" && role.area.length === UNIT_DIGITS) ?? [];
  const isMine = ({ coordinator, area }: Cooperative): boolean =>
    // One without a coordinator of its own belongs to whoever serves its unit.
    coordinator === null ? units.some((unit) => unit.area === area) : coordinator === replica.person;
  const hasOwn = [...replica.cooperatives.value.values()].some(isMine);
  const chosen = whose.value ?? (hasOwn ? "mine" : "all");
  const shown = due.value
    .flatMap((visit) => {
      const cooperative = replica.cooperatives.value.get(visit.cooperative);
      return cooperative && !begun.has(cooperative.id) ? [{ visit, cooperative }] : [];
    })
    .filter(({ cooperative }) => chosen === "all" || isMine(cooperative));
  return (
    <Group title={say(words.dueTitle)} count={say(words.cooperativesCount(shown.length))}>
      <Segments
        label={say(words.whose)}
        segments={[
          { value: "mine", label: say(words.whoseMine) },
          { value: "all", label: say(words.whoseAll) },
        ]}
        value={chosen}
        onChange={(value) => (whose.value = value)}
      />
      {shown.length === 0 && <EmptyState title={say(words.nothingDue)} text={say(words.nothingDueHelp)} />}
      {shown.slice(0, drawn.value).map(({ visit, cooperative }) => (
        <DueCard key={cooperative.id} visit={visit} cooperative={cooperative} />
      ))}
      {shown.length > drawn.value && (
        <Button onClick={() => (drawn.value += DRAWN)}>{say(words.showMore(shown.length - drawn.value))}</Button>
      )}
    </Group>
  );
}

function DueCard({ visit, cooperative }: { visit: DueVisit; cooperative: Cooperative }) {
  const { replica } = useWork();
  const left = daysBetween(minute.value, dayAt(visit.due_on));
  const tone = visit.overdue_days > 0 ? "brick" : left <= SOON_DAYS ? "ochre" : "grey";
  const when =
    visit.overdue_days > 0
      ? say(words.overdueBy(days(visit.overdue_days)))
      : left === 0
        ? say(words.dueToday)
        : left <= SOON_DAYS
          ? say(words.dueIn(days(left)))
          : say(words.dueBy(day(dayAt(visit.due_on))));
  return (
    <Card href={paths.cooperative(cooperative.id)}>
      <strong>{cooperative.name}</strong>
      <p class="chips">
        <Chip tone={tone} word={`${say(reasonLabels[visit.reason])} ${when}`} />
        <span class="quiet">{cooperative.village || replica.areas.value.get(cooperative.area)?.name}</span>
      </p>
    </Card>
  );
}
