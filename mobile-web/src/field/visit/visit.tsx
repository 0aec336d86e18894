// The overview of a visit: how far it is, what the supervisor said, what is missing, and handing it in.
import type { ComponentChildren } from "preact";
import type { RecordView } from "../../core/door";
import { ButtonLink, Card, Chip, Notice, Progress, Row, Rows } from "../../parts";
import type { Checklist, Inspection, Section, Status } from "../../shapes";
import type { Replica } from "../../sync/replica";
import { say } from "../../words";
import { evidence as evidenceWords } from "../../words/evidence";
import { field as words } from "../../words/field";
import { dayTime, fullDay } from "../../words/format";
import { ArrivedLine } from "../evidence/sending";
import { EvidenceStrip } from "../evidence/strip";
import { outcomeLabels, statusLabels } from "../labels";
import { joinQr } from "../joint/join-qr";
import { QrPicture } from "../joint/qr-picture";
import { paths } from "../paths";
import { useWork } from "../work";
import { FindingCard } from "./findings";
import { openRecord, type OpenRecord } from "./open-record";
import { PositionCard } from "./position-card";
import { progressOf, sectionsAsked } from "./progress";
import { ReadOnly } from "./read-only";
import { Submit } from "./submit";
import { VisitFrame } from "./visit-frame";
import { Withdraw } from "./withdraw";
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
      <Part title={say(evidenceWords.evidence)}>
        <ArrivedLine visit={record.visit} evidence={standing(inspection)} />
        <EvidenceStrip
          record={record}
          beside={{ item: null, finding: null }}
          title={say(evidenceWords.ofVisit)}
          disabled={disabled}
        />
      </Part>
      <Part id="position" title={say(words.position)}>
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
            <div class="joint">
              <QrPicture content={joinQr(summary)} label={say(words.joinQr)} />
              <p class="visit-code" aria-label={say(words.code)}>{summary.code.slice(0, 4)} {summary.code.slice(4)}</p>
            </div>
            <p class="quiet">{say(words.codeHelp)}</p>
          </Card>
        </Part>
      )}
      {!disabled && <Withdraw record={record} />}
    </>
  );
}

function Part({ id, title, children }: { id?: string; title: string; children: ComponentChildren }) {
  return (
    <section id={id} class="part">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

/** The evidence that was not taken back. */
const standing = ({ evidence }: Inspection): readonly string[] =>
  Object.keys(evidence).filter((id) => evidence[id]?.withdrawn === false);

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
