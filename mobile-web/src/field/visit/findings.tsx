// Findings of a record: what is to be put right, by whom, by when.
import { useSignal } from "@preact/signals";
import { Button, Card, Chip, Dialog, type Tone } from "../../parts";
import type { Finding, Severity } from "../../shapes";
import { say } from "../../words";
import { field as words } from "../../words/field";
import { day, dayAt } from "../../words/format";
import { shared } from "../../words/shared";
import { severityLabels } from "../labels";
import { EvidenceStrip } from "../evidence/strip";
import type { OpenRecord } from "./open-record";

const TONES: Readonly<Record<Severity, Tone>> = { minor: "grey", major: "ochre", grave: "brick" };

interface FindingCardProps {
  record: OpenRecord;
  id: string;
  finding: Finding;
  disabled: boolean;
}

/** One finding; whoever may write in the record may take it back. */
export function FindingCard({ record, id, finding, disabled }: FindingCardProps) {
  const asking = useSignal(false);
  const about = [
    finding.due && say(words.findingDueOn(day(dayAt(finding.due)))),
    finding.responsible,
  ].filter(Boolean).join(" · ");
  return (
    <Card>
      <div class="chips">
        <Chip tone={TONES[finding.severity]} word={say(severityLabels[finding.severity])} />
        {finding.withdrawn && <Chip tone="grey" word={say(words.findingWithdrawn)} />}
        {about && <span class="quiet">{about}</span>}
      </div>
      <p class={finding.withdrawn ? "withdrawn" : undefined}>{finding.text}</p>
      <EvidenceStrip
        record={record}
        beside={{ item: null, finding: id }}
        title={finding.text}
        disabled={disabled || finding.withdrawn}
      />
      {!finding.withdrawn && !disabled && (
        <Button kind="quiet" onClick={() => (asking.value = true)}>{say(words.withdrawFinding)}</Button>
      )}
      {asking.value && (
        <Dialog
          title={say(words.withdrawFinding)}
          onClose={() => (asking.value = false)}
          actions={
            <>
              <Button onClick={() => (asking.value = false)}>{say(shared.cancel)}</Button>
              <Button
                kind="danger"
                onClick={() => {
                  asking.value = false;
                  record.do({ command: "withdraw_finding", finding: id });
                }}
              >
                {say(words.withdrawFinding)}
              </Button>
            </>
          }
        >
          <p>{finding.text}</p>
        </Dialog>
      )}
    </Card>
  );
}
