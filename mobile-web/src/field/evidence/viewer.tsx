// One photo or file on the whole screen: looked at closely, captioned, taken back, saved as a copy.
import { useSignal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";
import { SHORT_CHARS_MAX } from "../../core/limits";
import { Button, Chip, Dialog, Icon, Notice, toast } from "../../parts";
import { say } from "../../words";
import { evidence as words } from "../../words/evidence";
import { coordinates, dayTime, size } from "../../words/format";
import { problemText } from "../../words/problems";
import { shared } from "../../words/shared";
import { Autosaved } from "../visit/autosaved";
import { Conflict } from "../visit/conflict";
import type { OpenRecord } from "../visit/open-record";
import { writerText } from "../visit/writer-text";
import type { Kept } from "./kept";
import { isPicture } from "./media-types";
import { evidenceName, type Named, stateOf } from "./named";
import { bytesOf, usePicture } from "./picture";
import { saveCopy } from "./save-copy";
import { Zoom } from "./zoom";

interface ViewerProps {
  kept: Kept;
  record: OpenRecord;
  /** All that can be gone through. */
  all: readonly Named[];
  /** The id of the one shown. */
  shown: string;
  onShow: (id: string) => void;
  onClose: () => void;
  disabled: boolean;
}

/** The viewer. */
export function Viewer({ kept, record, all, shown, onShow, onClose, disabled }: ViewerProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    dialog.current?.showModal();
    return () => dialog.current?.close();
  }, []);
  const at = all.findIndex(([id]) => id === shown);
  const named = all[at];
  if (!named) return null;
  const go = (by: number): void => {
    const next = all[at + by];
    if (next) onShow(next[0]);
  };
  const byKey = (event: KeyboardEvent): void => {
    if (event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement) return;
    if (event.key === "ArrowLeft") go(-1);
    if (event.key === "ArrowRight") go(1);
  };
  return (
    <dialog
      ref={dialog}
      class="viewer"
      aria-labelledby={heading}
      onKeyDown={byKey}
      onCancel={(event) => {
        // A question in front of this one closes itself.
        if (event.target !== event.currentTarget) return;
        event.preventDefault();
        onClose();
      }}
    >
      <header class="viewer-top">
        <h2 id={heading}>{evidenceName(named, at)}</h2>
        {all.length > 1 && (
          <span class="viewer-steps">
            <Button kind="quiet" label={say(words.previous)} disabled={at === 0} onClick={() => go(-1)}><Icon name="back" /></Button>
            <span>{say(words.position(at + 1, all.length))}</span>
            <Button kind="quiet" label={say(words.next)} disabled={at === all.length - 1} onClick={() => go(1)}><Icon name="forward" /></Button>
          </span>
        )}
        <Button onClick={onClose}>{say(shared.close)}</Button>
      </header>
      <Shown key={shown} kept={kept} record={record} named={named} at={at} disabled={disabled} />
    </dialog>
  );
}

interface ShownProps {
  kept: Kept;
  record: OpenRecord;
  named: Named;
  at: number;
  disabled: boolean;
}

const MISSING = { not_arrived: words.onItsWay, offline: words.needsNetwork, gone: words.gone } as const;

function Shown({ kept, record, named, at, disabled }: ShownProps) {
  const [id, entry] = named;
  const { file, withdrawn } = entry;
  const state = stateOf(kept, record.visit, named);
  const refused = kept.evidence.files.value.get(id)?.refused;
  const name = evidenceName(named, at);
  const save = async (): Promise<void> => {
    const bytes = await bytesOf(kept.evidence, record.visit, id, "whole");
    if (typeof bytes === "string") toast(say(MISSING[bytes]));
    else saveCopy(bytes, name);
  };
  return (
    <>
      {isPicture(file.media_type) ? (
        <Whole kept={kept} visit={record.visit} id={id} label={record.note(id) || name} />
      ) : (
        <div class="viewer-file">
          <Icon name="records" />
          <p>{file.name}</p>
          <p>{size(file.bytes)}</p>
        </div>
      )}
      <div class="viewer-about">
        <p class="chips">
          <Chip tone={state.tone} sign={state.sign} word={say(state.word)} />
          <span class="quiet">
            {[say(words.takenAt(dayTime(file.taken_at))), file.position && coordinates(file.position)].filter(Boolean).join(" · ")}
          </span>
        </p>
        <p class="quiet">{say(words.addedBy(writerText(entry.author, entry.at, record.replica)))}</p>
        {refused && <Notice tone="brick">{say(problemText(refused.code))}</Notice>}
        {record.inConflict("note", id) ? (
          <Conflict record={record} of={{ field: "note", item: id }} item={undefined} untitled />
        ) : (
          (!disabled || record.note(id)) && (
            <Autosaved
              label={say(words.caption)}
              input={{}}
              maxLength={SHORT_CHARS_MAX}
              saved={record.note(id)}
              parse={(text) => ({ ok: text })}
              record={record}
              command={(text) => ({ command: "note", item: id, text })}
              disabled={disabled}
            />
          )
        )}
        <div class="chips">
          <Button onClick={() => void save()}>{say(words.save)}</Button>
          {!withdrawn && !disabled && <WithdrawEvidence record={record} id={id} />}
        </div>
      </div>
    </>
  );
}

function Whole({ kept, visit, id, label }: { kept: Kept; visit: string; id: string; label: string }) {
  const picture = usePicture(kept.evidence, visit, id, "whole");
  if (picture.is === "here") return <Zoom url={picture.url} label={label} />;
  return <div class="viewer-file">{picture.is === "missing" && <p role="status">{say(MISSING[picture.why])}</p>}</div>;
}

function WithdrawEvidence({ record, id }: { record: OpenRecord; id: string }) {
  const asking = useSignal(false);
  const withdraw = (): void => {
    asking.value = false;
    record.do({ command: "withdraw_evidence", evidence: id });
    toast(say(words.wasWithdrawn));
  };
  return (
    <>
      <Button kind="danger" onClick={() => (asking.value = true)}>{say(words.withdraw)}</Button>
      {asking.value && (
        <Dialog
          title={say(words.withdrawTitle)}
          onClose={() => (asking.value = false)}
          actions={
            <>
              <Button onClick={() => (asking.value = false)}>{say(shared.cancel)}</Button>
              <Button kind="danger" onClick={withdraw}>{say(words.withdraw)}</Button>
            </>
          }
        >
          <p>{say(words.withdrawMeans)}</p>
        </Dialog>
      )}
    </>
  );
}
