// What every screen of a visit has around it: the way back, the title, whether everything is saved, and
// why there is nothing to show where the record can't be shown.
import type { ComponentChildren } from "preact";
import { Button, Chip, EmptyState, Loading, Notice, PageHeader } from "../../parts";
import type { RecordView } from "../../core/door";
import type { Checklist } from "../../shapes";
import { say } from "../../words";
import { field as words } from "../../words/field";
import { shared } from "../../words/shared";
import { cooperativeName } from "../cooperatives/name";
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
            <SavingChip record={record} />
          </span>
        }
      />
      <NotSaved record={record} />
      {children(view, checklist)}
      {actions && <div class="actions-bar no-print">{actions}</div>}
    </main>
  );
}

function SavingChip({ record }: { record: OpenRecord }) {
  const saving = record.saving.value;
  return (
    <span role="status">
      {saving.is === "saved" && <Chip tone="green" word={say(words.savedHere)} />}
      {saving.is === "saving" && <Chip tone="grey" word={say(words.savingNow)} />}
      {saving.is === "failed" && <Chip tone="brick" word={say(words.notSaved)} />}
    </span>
  );
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
