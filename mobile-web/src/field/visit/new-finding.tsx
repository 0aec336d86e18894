// Raising a finding: what is wrong, how grave it is, who puts it right and by when.
import { useSignal } from "@preact/signals";
import { randomId } from "../../core/chance";
import { FINDING_CHARS_MAX, SHORT_CHARS_MAX } from "../../core/limits";
import { Button, Field, Segments, TextArea } from "../../parts";
import { go } from "../../route";
import type { Item, Severity } from "../../shapes";
import { say } from "../../words";
import { field as words } from "../../words/field";
import { isoDay } from "../../words/format";
import { severityLabels } from "../labels";
import { minute } from "../minute";
import { paths } from "../paths";
import { useWork } from "../work";
import { answerText } from "./answer-text";
import { openRecord, type OpenRecord } from "./open-record";
import { VisitFrame } from "./visit-frame";

const SEVERITIES: readonly Severity[] = ["minor", "major", "grave"];
/** The due date offered for a new finding. */
const DUE_DAYS = 30;
const DAY_MS = 86_400_000;

/** The screen. */
export function NewFindingScreen({ visit, item }: { visit: string; item: string | null }) {
  const { replica } = useWork();
  const record = openRecord(replica, visit);
  const sections = record.checklist.value?.sections ?? [];
  const section = sections.find((one) => one.items.some((known) => known.id === item));
  const about = section?.items.find((known) => known.id === item);
  const back = section && about ? paths.item(visit, section.id, about.id) : paths.visit(visit);
  return (
    <VisitFrame record={record} title={say(words.raiseFinding)} back={back}>
      {() => <FindingForm record={record} item={about} back={back} />}
    </VisitFrame>
  );
}

function FindingForm({ record, item, back }: { record: OpenRecord; item: Item | undefined; back: string }) {
  const text = useSignal(item ? firstWords(record, item) : "");
  const severity = useSignal<Severity>("minor");
  const due = useSignal(isoDay(minute.peek() + DUE_DAYS * DAY_MS));
  const responsible = useSignal(record.replica.cooperatives.value.get(record.view.value?.summary.cooperative ?? "")?.chair ?? "");
  const missing = useSignal(false);

  const raise = (event: Event): void => {
    event.preventDefault();
    missing.value = text.value.trim() === "";
    if (missing.value) return;
    record.do({
      command: "add_finding",
      finding: randomId(),
      item: item?.id ?? null,
      text: text.value.trim(),
      severity: severity.value,
      due: due.value || null,
      responsible: responsible.value.trim(),
    });
    go(back, { replace: true });
  };

  return (
    <form class="field-form" onSubmit={raise} noValidate>
      <TextArea
        label={say(words.findingText)}
        value={text.value}
        onInput={(value) => (text.value = value)}
        maxLength={FINDING_CHARS_MAX}
        error={missing.value ? say(words.findingTextMissing) : null}
      />
      <Segments
        label={say(words.findingSeverity)}
        showLabel
        segments={SEVERITIES.map((value) => ({ value, label: say(severityLabels[value]) }))}
        value={severity.value}
        onChange={(value) => (severity.value = value)}
      />
      <Field label={say(words.findingDue)} type="date" value={due.value} onInput={(value) => (due.value = value)} />
      <Field
        label={say(words.findingResponsible)}
        value={responsible.value}
        onInput={(value) => (responsible.value = value)}
        maxLength={SHORT_CHARS_MAX}
      />
      <div class="field-actions">
        <Button type="submit" kind="main" big>{say(words.raiseFinding)}</Button>
      </div>
    </form>
  );
}

/** What the item and its note say already needs no second typing. */
function firstWords(record: OpenRecord, item: Item): string {
  const answer = record.answer(item.id);
  const said = answer ? `${say(item.title)}: ${answerText(answer, item)}` : say(item.title);
  return [said, record.note(item.id)].filter(Boolean).join(say({ zh: "。", en: ". " }));
}
