// The evidence that a record names: what stands where, what it is called, and what became of it.
import type { Tone } from "../../parts";
import type { Evidence as Entry } from "../../shapes";
import { say, type Text } from "../../words";
import { evidence as words } from "../../words/evidence";
import type { OpenRecord } from "../visit/open-record";
import type { Beside } from "./adding";
import type { Kept } from "./kept";

/** Evidence of a record with its id. */
export type Named = readonly [id: string, entry: Entry];

/** The evidence that stands exactly there, oldest first. */
export function evidenceBeside(record: OpenRecord, { item, finding }: Beside): readonly Named[] {
  return Object.entries(record.view.value?.inspection.evidence ?? {})
    .filter(([, entry]) => entry.item === item && entry.finding === finding)
    .sort(([, a], [, b]) => a.at - b.at || a.file.taken_at - b.file.taken_at);
}

/** What became of evidence: its sign and its word. */
export function stateOf({ evidence }: Kept, visit: string, [id, entry]: Named): { sign: string; word: Text; tone: Tone } {
  if (entry.withdrawn) return { sign: "✕", word: words.withdrawn, tone: "grey" };
  const file = evidence.files.value.get(id);
  if (file?.refused) return { sign: "!", word: words.refused, tone: "brick" };
  if (evidence.hasArrived(visit, id)) return { sign: "✓", word: words.arrived, tone: "green" };
  return file ? { sign: "●", word: words.here, tone: "ochre" } : { sign: "○", word: words.onItsWay, tone: "grey" };
}

/** What evidence is called: a file by its name, a photo by its place. */
export function evidenceName([, { file }]: Named, at: number): string {
  if (file.name) return file.name;
  // Photos are JPEGs; what is drawn here is a PNG.
  return say(file.media_type === "image/png" ? words.signature : words.photoNumber(at + 1));
}
