// What every screen of a visit has around it: the way back, the title, whether everything is saved, and
// why there is nothing to show where the record can't be shown.
import type { ComponentChildren } from "preact";
import { Button, Chip, EmptyState, Loading, Notice, PageHeader, type Tone } from "../../parts";
import type { RecordView } from "../../core/door";
import type { Checklist } from "../../shapes";
import { say, type Text } from "../../words";
import { field as words } from "../../words/field";
import { shared } from "../../words/shared";
import { cooperativeName } from "../cooperatives/name";
import { paths } from "../paths";
import { SyncChip } from "../sync-chip";
import type { OpenRecord } from "./open-record";
import "./visit.css";

interface VisitFrameProps {
  record: OpenRecord;
  /** None for the overview, which is called as its cooperative. */
  title?: string;
  about?: ComponentChildren;
  /** Beside the title. */
  end?: ComponentChildren;
  back: string;
  backLabel?: string;
  /** Buttons at the thumb. */
  actions?: ComponentChildren;
  children: (view: RecordView, checklist: Checklist) => ComponentChildren;
}

/** The frame. */
export function VisitFrame({ record, title, about, end, back, backLabel, actions, children }: VisitFrameProps) {
  const view = record.view.value;
  const checklist = record.checklist.value;
  const name = view ? cooperativeName(record.replica, view.summary) : "";
  if (record.closed.value) {
    const aside = record.closed.value === "set_aside";
    return (
      <main class="field-screen">
        <PageHeader title={say(words.visit)} back={{ href: back, label: say(shared.back) }} end={<SyncChip />} />
        <EmptyState
          title={say(aside ? words.setAside : words.recordMissing)}
          {...(aside && { text: say(words.setAsideHelp) })}
        />
      </main>
    );
  }
  if (!view || !checklist) return <main class="field-screen"><Loading word={say(shared.loading)} /></main>;
  return (
    <main class="field-screen with-actions">
      <PageHeader
        title={title ?? name}
        about={about}
        back={{ href: back, label: backLabel ?? name }}
        end={
          <span class="chips">
            {end}
            <SafetyChip record={record} />
          </span>
        }
      />
      <NotSaved record={record} />
      {children(view, checklist)}
      {actions && <div class="actions-bar no-print">{actions}</div>}
    </main>
  );
}

/** How safe what was entered is: on this phone, or at the server too. */
function SafetyChip({ record }: { record: OpenRecord }) {
  const { tone, text } = safety(record);
  return (
    <span role="status">
      <Chip tone={tone} word={say(text)} href={paths.records} />
    </span>
  );
}

function safety({ saving, view }: OpenRecord): { tone: Tone; text: Text } {
  if (saving.value.is === "failed") return { tone: "brick", text: words.notSaved };
  if (saving.value.is === "saving") return { tone: "grey", text: words.savingNow };
  const summary = view.value?.summary;
  if (summary?.attention.length) return { tone: "brick", text: words.attentionTitle };
  if (summary?.unsent === 0) return { tone: "green", text: words.sentState };
  return summary?.status === "in_progress"
    ? { tone: "green", text: words.savedHere }
    : { tone: "ochre", text: words.savedNotSent };
}

function NotSaved({ record }: { record: OpenRecord }) {
  const saving = record.saving.value;
  if (saving.is !== "failed") return null;
  return (
    <Notice tone="brick" urgent action={<Button onClick={() => void record.flush()}>{say(shared.tryAgain)}</Button>}>
      {say(saving.full ? words.notSavedFull : words.notSavedOther)}
    </Notice>
  );
}
