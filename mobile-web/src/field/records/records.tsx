// This phone's records: what needs attention, what is not sent and since when, what is sent.
import { signal, useComputed, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { ask } from "../../core/client";
import type { RecordSummary } from "../../core/door";
import { measureRoom, room } from "../../data/room";
import { Button, ButtonLink, EmptyState, Notice, PageHeader, Rows, Select } from "../../parts";
import { sessionEnded } from "../../session";
import type { Checklist, Status } from "../../shapes";
import { contact } from "../../sync/contact";
import { say } from "../../words";
import { field as words } from "../../words/field";
import { dayTime, size } from "../../words/format";
import { problemText } from "../../words/problems";
import { shared } from "../../words/shared";
import { SendingCard } from "../evidence/sending";
import { statusLabels } from "../labels";
import { SyncChip } from "../sync-chip";
import { Windowed } from "../windowed";
import { useWork } from "../work";
import { AttentionCard } from "./attention";
import { RecordRow } from "./record-row";

type Filter = Status | "all";
const chosen = signal<Filter>("all");
const FILTERS: readonly Filter[] = [
  "all", "in_progress", "submitted", "returned", "resubmitted", "approved", "rejected", "withdrawn",
];

const newestFirst = (a: RecordSummary, b: RecordSummary): number =>
  (b.last_written_at ?? 0) - (a.last_written_at ?? 0);

/** The screen. */
export function RecordsScreen() {
  const { replica } = useWork();
  useEffect(() => void measureRoom(), []);
  const mine = useComputed(() =>
    [...replica.summaries.value.values()]
      .filter((summary) => (summary.mine || summary.unsent + summary.attention.length > 0) && !replica.setAside.value.has(summary.visit))
      .sort(newestFirst),
  );
  const fitting = mine.value.filter((summary) => chosen.value === "all" || summary.status === chosen.value);
  const attention = fitting.filter((summary) => summary.attention.length > 0);
  const unsent = fitting.filter((summary) => summary.unsent > 0);
  const sent = fitting.filter((summary) => summary.unsent === 0 && summary.received_at !== null);
  return (
    <main class="field-screen">
      <PageHeader title={say(words.records)} about={<About />} end={<SyncChip />} />
      <Trouble />
      <SendingCard />
      {mine.value.length === 0 ? (
        <EmptyState title={say(words.noRecords)} text={say(words.noRecordsHelp)} />
      ) : (
        <Select
          label={say(words.filter)}
          value={chosen.value}
          options={FILTERS.map((value) => ({ value, label: say(value === "all" ? shared.all : statusLabels[value].word) }))}
          onChange={(value) => (chosen.value = value)}
        />
      )}
      {mine.value.length > 0 && fitting.length === 0 && <EmptyState title={say(words.noRecordsFiltered)} />}
      <Group title={say(words.attentionTitle)} count={attention.length}>
        {attention.map((summary) => <AttentionOf key={summary.visit} summary={summary} />)}
      </Group>
      <SetAside />
      <Group title={say(words.unsentTitle)} count={unsent.length}>
        <Rows>{unsent.map((summary) => <RecordRow key={summary.visit} summary={summary} />)}</Rows>
      </Group>
      <Group title={say(words.sentTitle)} count={sent.length}>
        <Rows>
          <Windowed items={sent} of={chosen.value}>
            {(summary) => <RecordRow key={summary.visit} summary={summary} />}
          </Windowed>
        </Rows>
      </Group>
    </main>
  );
}

function About() {
  const { replica } = useWork();
  const at = replica.lastContactAt.value;
  const contactText = say(at === null ? words.lastContactNever : words.lastContact(dayTime(at)));
  const used = room.value;
  return <>{used ? `${contactText} · ${say(words.roomUsed(size(used.used), size(used.quota)))}` : contactText}</>;
}

const notTaking = {
  disk_full: words.diskFullHelp,
  overloaded: words.overloadedHelp,
  quarantine_full: words.quarantineFullHelp,
};

/** What keeps this phone from sending, in a sentence, and what to do. */
function Trouble() {
  const { talker } = useWork();
  const again = <Button onClick={() => talker.talk()}>{say(words.sendNow)}</Button>;
  if (sessionEnded.value) {
    return (
      <Notice tone="ochre" action={<ButtonLink href="/sign-in">{say(shared.signIn)}</ButtonLink>}>
        {say(words.signInHelp)}
      </Notice>
    );
  }
  switch (contact.value.is) {
    case "offline":
      return <Notice tone="grey">{say(words.offlineHelp)}</Notice>;
    case "unreachable":
      return <Notice tone="ochre" action={again}>{say(words.unreachableHelp)}</Notice>;
    case "not_taking":
      return <Notice tone="ochre" action={again}>{say(notTaking[contact.value.why])}</Notice>;
    case "storage_full":
      return <Notice tone="brick" action={again}>{say(words.fullHelp)}</Notice>;
    case "refused":
      return <Notice tone="brick" action={again}>{say(problemText(contact.value.code))}</Notice>;
    case "failed":
      return <Notice tone="brick" action={again}>{say(words.failedHelp)}</Notice>;
    case "idle":
    case "talking":
      return <p class="part">{again}</p>;
  }
}

function Group({ title, count, children }: { title: string; count: number; children: ComponentChildren }) {
  if (count === 0) return null;
  return (
    <section class="part">
      <h2 class="group-title">
        {title} <span>{say(words.recordsCount(count))}</span>
      </h2>
      {children}
    </section>
  );
}

function AttentionOf({ summary }: { summary: RecordSummary }) {
  const { replica } = useWork();
  const checklist = useSignal<Checklist | null>(null);
  useEffect(() => {
    void replica
      .view(summary.visit)
      .then((view) => view && ask("checklist", { reference: view.checklist }))
      .then((read) => (checklist.value = read));
  }, [summary.visit]);
  return <AttentionCard summary={summary} checklist={checklist.value} />;
}

function SetAside() {
  const { replica } = useWork();
  const count = replica.setAside.value.size;
  if (count === 0) return null;
  return <Notice tone="brick">{say(words.setAside)} ({say(words.recordsCount(count))}): {say(words.setAsideHelp)}</Notice>;
}
