// The photos and files beside an item, a finding, or the visit as a whole: small pictures in a row, with what
// became of each, and the way to add more.
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { Icon } from "../../parts";
import { say } from "../../words";
import { evidence as words } from "../../words/evidence";
import type { OpenRecord } from "../visit/open-record";
import { useWork } from "../work";
import { AddEvidence } from "./add-evidence";
import type { Beside } from "./adding";
import { type Kept, keptEvidence } from "./kept";
import { isPicture } from "./media-types";
import { evidenceBeside, evidenceName, type Named, stateOf } from "./named";
import { usePicture } from "./picture";
import { Viewer } from "./viewer";
import "./evidence.css";

interface StripProps {
  record: OpenRecord;
  beside: Beside;
  /** What it stands beside, in words. */
  title: string;
  disabled: boolean;
  /** Whether more can be added here; they can, unless said otherwise. */
  adds?: boolean;
  /** Beside the button that adds. */
  children?: ComponentChildren;
}

/** The strip. */
export function EvidenceStrip({ record, beside, title, disabled, adds = true, children }: StripProps) {
  const kept = keptEvidence(useWork()).value;
  const shown = useSignal<string | null>(null);
  const all = evidenceBeside(record, beside);
  if (!kept || (all.length === 0 && disabled)) return children ? <div class="evidence-ways">{children}</div> : null;
  return (
    <>
      {all.length > 0 && (
        <ul class="evidence-strip" aria-label={say(words.evidence)}>
          {all.map((one, at) => (
            <li key={one[0]}>
              <Tile kept={kept} record={record} named={one} at={at} onClick={() => (shown.value = one[0])} />
            </li>
          ))}
        </ul>
      )}
      {(!disabled || children) && (
        <div class="evidence-ways">
          {!disabled && adds && <AddEvidence kept={kept} record={record} beside={beside} title={title} />}
          {children}
        </div>
      )}
      {shown.value && (
        <Viewer
          kept={kept}
          record={record}
          all={all}
          shown={shown.value}
          onShow={(id) => (shown.value = id)}
          onClose={() => (shown.value = null)}
          disabled={disabled}
        />
      )}
    </>
  );
}

interface TileProps {
  kept: Kept;
  record: OpenRecord;
  named: Named;
  at: number;
  onClick: () => void;
}

function Tile({ kept, record, named, at, onClick }: TileProps) {
  const [id, entry] = named;
  const { sign, word, tone } = stateOf(kept, record.visit, named);
  const label = `${say(words.view(evidenceName(named, at)))} · ${say(word)}`;
  return (
    <button type="button" class={`evidence-tile${entry.withdrawn ? " withdrawn" : ""}`} aria-label={label} onClick={onClick}>
      {isPicture(entry.file.media_type) ? (
        <Small kept={kept} visit={record.visit} id={id} />
      ) : (
        <span class="evidence-file">
          <Icon name="records" />
          <span>{entry.file.name}</span>
        </span>
      )}
      <span class={`evidence-state ${tone}`} aria-hidden="true">{sign}</span>
    </button>
  );
}

const MISSING = { not_arrived: words.onItsWay, offline: words.needsNetwork, gone: words.gone } as const;

function Small({ kept, visit, id }: { kept: Kept; visit: string; id: string }) {
  const picture = usePicture(kept.evidence, visit, id, "thumbnail");
  if (picture.is === "here") return <img src={picture.url} alt="" />;
  return (
    <span class="evidence-file">
      <Icon name="camera" />
      {picture.is === "missing" && <span>{say(MISSING[picture.why])}</span>}
    </span>
  );
}
