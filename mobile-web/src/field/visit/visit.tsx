// The overview of a visit: how far it is, what the supervisor said, what is missing, and handing it in.
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { Button, ButtonLink, Card, Chip, Dialog, Field, Icon, Notice, Progress, Row, Rows, toast } from "../../parts";
import type { Missing } from "../../core/commands";
import type { RecordView } from "../../core/door";
import { SHORT_CHARS_MAX } from "../../core/limits";
import { online } from "../../online";
import type { Checklist, Section, Status } from "../../shapes";
import type { Replica } from "../../sync/replica";
import { say } from "../../words";
import { field as words } from "../../words/field";
import { dayTime, fullDay } from "../../words/format";
import { shared } from "../../words/shared";
import { outcomeLabels, statusLabels } from "../labels";
import { paths } from "../paths";
import { useWork } from "../work";
import { FindingCard } from "./findings";
import { ReadOnly } from "./read-only";
import { openRecord, type OpenRecord } from "./open-record";
import { takeFix } from "./position";
import { PositionCard } from "./position-card";
import { progressOf, sectionsAsked } from "./progress";
import { VisitFrame } from "./visit-frame";
import { personName } from "./writer-text";

/** Records that can be handed in. */
const OPEN: ReadonlySet<Status> = new Set(["in_progress", "returned"]);

/** The screen. */
export function VisitScreen({ visit }: { visit: string }) {
  const { replica } = useWork();
  const record = openRecord(replica, visit);
  const view = record.view.value;
  return (
    <VisitFrame
      record={record}
      back={paths.records}
      backLabel={say(words.records)}
      about={view && <About view={view} replica={replica} />}
      actions={view && record.writable.value && OPEN.has(view.summary.status) && <Submit record={record} view={view} />}
    >
      {(shown, checklist) => <Overview record={record} view={shown} checklist={checklist} />}
    </VisitFrame>
  );
}

function About({ view, replica }: { view: RecordView; replica: Replica }) {
  const { started_at, present } = view.summary;
  const others = present.filter((one) => one !== replica.person).map((one) => personName(one, replica));
  return (
    <>
      {started_at !== null && fullDay(started_at)}
      {others.length > 0 && ` · ${say(words.with(others.join(say({ zh: "、", en: ", " }))))}`}
    </>
  );
}

function Overview({ record, view, checklist }: { record: OpenRecord; view: RecordView; checklist: Checklist }) {
  const { summary, inspection } = view;
  const disabled = !record.writable.value;
  const status = statusLabels[summary.status];
  const findings = Object.entries(inspection.findings);
  return (
    <>
      <p class="chips">
        <Chip tone={status.tone} word={say(status.word)} />
        {summary.outcome && <Chip tone="grey" word={say(outcomeLabels[summary.outcome])} />}
      </p>
      <ReadOnly record={record} />
      {inspection.withdrawals.map((one) => (
        <Notice key={one.change} tone="grey">
          {say(words.withdrawnBy(personName(one.person, record.replica), dayTime(one.at), one.reason))}
        </Notice>
      ))}
      <SupervisorSays record={record} view={view} checklist={checklist} />
      {view.conflicts.length > 0 && (
        <Notice
          tone="ochre"
          action={<ButtonLink href={paths.conflicts(record.visit)}>{say(words.conflictCount(view.conflicts.length))}</ButtonLink>}
        >
          {say(words.conflicts)}
        </Notice>
      )}
      <Rows label={say(words.sections)}>
        {sectionsAsked(checklist, view).map((section) => (
          <SectionRow key={section.id} record={record} section={section} />
        ))}
      </Rows>
      <Part title={say(words.position)}>
        <PositionCard record={record} disabled={disabled} />
      </Part>
      {summary.outcome === "held" && (
        <Part title={say(words.findings)}>
          {findings.length === 0 && <p class="quiet">{say(words.noFindings)}</p>}
          {findings.map(([id, finding]) => (
            <FindingCard key={id} record={record} id={id} finding={finding} disabled={disabled} />
          ))}
          {!disabled && <ButtonLink href={paths.finding(record.visit)}>{say(words.addFinding)}</ButtonLink>}
        </Part>
      )}
      {!record.withdrawn.value && (
        <Part title={say(words.showCode)}>
          <Card>
            <p class="visit-code" aria-label={say(words.code)}>{summary.code.slice(0, 4)} {summary.code.slice(4)}</p>
            <p class="quiet">{say(words.codeHelp)}</p>
          </Card>
        </Part>
      )}
      {!disabled && <Withdraw record={record} />}
    </>
  );
}

function Part({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="part">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

function SectionRow({ record, section }: { record: OpenRecord; section: Section }) {
  const { done, of } = progressOf(section, record);
  const comments = section.items.filter((item) => record.comment(item.id)?.answered === false).length;
  return (
    <Row
      href={paths.section(record.visit, section.id)}
      title={say(section.title)}
      about={
        <>
          <Progress label={say(words.sectionProgressLabel(done, of))} done={done} of={of} />
          {comments > 0 && <Chip tone="brick" word={say(words.supervisorAsks)} />}
        </>
      }
      end={<span class="section-count">{say(words.sectionProgress(done, of))} {done === of && <span aria-hidden="true">✓</span>}</span>}
    />
  );
}

/** The supervisor's newest decision. */
function SupervisorSays({ record, view, checklist }: { record: OpenRecord; view: RecordView; checklist: Checklist }) {
  const last = record.replica.reviews(record.visit).at(-1);
  if (!last) return null;
  const items = checklist.sections.flatMap((section) => section.items.map((item) => ({ section, item })));
  const commented = items.flatMap(({ section, item }) => {
    const comment = record.comment(item.id);
    return comment ? [{ section, item, comment }] : [];
  });
  const verdict = statusLabels[last.verdict];
  return (
    <Part title={say(view.returned ? words.supervisorAsks : words.supervisorSays)}>
      <Card {...(view.returned && { tone: verdict.tone })}>
        <p class="quiet">{say(words.decided(say(verdict.word), last.reviewer_name, dayTime(last.at)))}</p>
        {last.comment && <p>{last.comment}</p>}
        {commented.length > 0 && (
          <ul class="comments">
            {commented.map(({ section, item, comment }) => (
              <li key={item.id}>
                <a href={paths.item(record.visit, section.id, item.id)}>{say(item.title)}</a> {comment.text}
                {comment.answered && <Chip tone="green" word={say(words.commentAnswered)} />}
              </li>
            ))}
          </ul>
        )}
      </Card>
    </Part>
  );
}

function Submit({ record, view }: { record: OpenRecord; view: RecordView }) {
  const { talker } = useWork();
  const asking = useSignal(false);
  const { status } = view.summary;
  const again = status === "returned";
  const word = say(again ? words.resubmit : words.submit);
  const submit = async (): Promise<void> => {
    asking.value = false;
    record.do({ command: "submit" });
    await record.flush();
    if (record.saving.value.is === "failed") return;
    toast(say(words.submitted));
    talker.talk();
  };
  return (
    <>
      <Button kind="main" big onClick={() => (asking.value = true)}>
        {view.missing.length > 0 ? say(words.missingTitle(view.missing.length)) : word}
      </Button>
      {asking.value && view.missing.length > 0 && (
        <Dialog
          title={say(words.missingTitle(view.missing.length))}
          onClose={() => (asking.value = false)}
          actions={<Button onClick={() => (asking.value = false)}>{say(shared.close)}</Button>}
        >
          <p class="quiet">{say(words.notSubmittedYet)}</p>
          <MissingList record={record} missing={view.missing} onDone={() => (asking.value = false)} />
        </Dialog>
      )}
      {asking.value && view.missing.length === 0 && (
        <Dialog
          title={say(words.submitTitle)}
          onClose={() => (asking.value = false)}
          actions={
            <>
              <Button onClick={() => (asking.value = false)}>{say(shared.cancel)}</Button>
              <Button kind="main" onClick={() => void submit()}>{word}</Button>
            </>
          }
        >
          <p>{say(words.submitMeans)}</p>
          {view.conflicts.length > 0 && <Notice tone="ochre">{say(words.submitConflicts(view.conflicts.length))}</Notice>}
          {Object.keys(view.inspection.fixes).length === 0 && <Notice tone="ochre">{say(words.fixNone)}</Notice>}
          {!online.value && <Notice tone="grey">{say(words.submitOffline)}</Notice>}
        </Dialog>
      )}
    </>
  );
}

interface MissingListProps {
  record: OpenRecord;
  missing: readonly Missing[];
  onDone: () => void;
}

function MissingList({ record, missing, onDone }: MissingListProps) {
  const sections = record.checklist.value?.sections ?? [];
  const find = (id: string): { section: Section; title: string } | null => {
    const section = sections.find((one) => one.items.some((item) => item.id === id));
    const item = section?.items.find((one) => one.id === id);
    return section && item ? { section, title: say(item.title) } : null;
  };
  return (
    <Rows>
      {missing.map((one) => {
        const id = one.missing === "answer" ? one.item : "visit_outcome";
        const found = find(id);
        if (one.missing === "proof") {
          const fix = (): void => {
            onDone();
            takeFix(record);
          };
          return <Row key="proof" title={say(words.missingProof)} onClick={fix} end={<Icon name="place" />} />;
        }
        const title = one.missing === "outcome_note" ? say(words.missingOutcomeNote) : found?.title;
        return (
          <Row
            key={`${one.missing} ${id}`}
            title={title}
            about={found && say(found.section.title)}
            {...(found && { href: paths.item(record.visit, found.section.id, id) })}
            end={<Icon name="forward" />}
          />
        );
      })}
    </Rows>
  );
}

function Withdraw({ record }: { record: OpenRecord }) {
  const asking = useSignal(false);
  const reason = useSignal("");
  const missing = useSignal(false);
  const withdraw = (): void => {
    missing.value = reason.value.trim() === "";
    if (missing.value) return;
    asking.value = false;
    record.do({ command: "withdraw", reason: reason.value.trim() });
    toast(say(words.visitWithdrawn));
    scrollTo(0, 0);
  };
  return (
    <p class="part">
      <Button kind="danger" onClick={() => (asking.value = true)}>{say(words.withdraw)}</Button>
      {asking.value && (
        <Dialog
          title={say(words.withdraw)}
          onClose={() => (asking.value = false)}
          actions={
            <>
              <Button onClick={() => (asking.value = false)}>{say(shared.cancel)}</Button>
              <Button kind="danger" onClick={withdraw}>{say(words.withdraw)}</Button>
            </>
          }
        >
          <p>{say(words.withdrawMeans)}</p>
          <Field
            label={say(words.withdrawReason)}
            value={reason.value}
            onInput={(text) => (reason.value = text)}
            maxLength={SHORT_CHARS_MAX}
            error={missing.value ? say(words.withdrawReasonMissing) : null}
          />
        </Dialog>
      )}
    </p>
  );
}
