// From a chosen file to evidence in a record: a photo is shrunk and stamped, everything is hashed and kept,
// and only then does the record name it. One file that can't be added keeps none of the others.
import { signal } from "@preact/signals";
import { randomId } from "../../core/chance";
import { now } from "../../core/clock";
import { EVIDENCE_BYTES_MAX, SHORT_CHARS_MAX } from "../../core/limits";
import { measureRoom, room } from "../../data/room";
import { StorageFull } from "../../data/store";
import { toast } from "../../parts";
import { person } from "../../session";
import type { Position } from "../../shapes";
import type { Evidence } from "../../sync/evidence";
import { Refused } from "../../sync/replica";
import { say, type Text } from "../../words";
import { evidence as words } from "../../words/evidence";
import { coordinates, fullDay, size, time } from "../../words/format";
import { refusalText } from "../../words/problems";
import type { OpenRecord } from "../visit/open-record";
import { quickPosition } from "../visit/position";
import { readExif } from "./exif";
import { kindOf } from "./media-types";
import { NotReadable, shrunk } from "./shrinking";

/** What evidence stands beside: an item, a finding, or neither, which is the visit as a whole. */
export interface Beside {
  item: string | null;
  finding: string | null;
}

/** Where a file comes from: taken just now, or there before. */
export type Source = "camera" | "gallery" | "file";

/** So much room is left to answers and notes: photos never take the last of it. */
const ROOM_KEPT_BYTES = 20_000_000;
/** With less than this the person is told, long before nothing fits any more. */
const ROOM_LOW_BYTES = 200_000_000;

/** Where files are being added, once for each that is worked on. */
const adding = signal<readonly string[]>([]);
const place = (visit: string, { item, finding }: Beside): string => `${visit} ${item} ${finding}`;

/** How many files are being added there. */
export const addingTo = (visit: string, beside: Beside): number =>
  adding.value.filter((one) => one === place(visit, beside)).length;

/** How many bytes evidence may still take, where that is little; null where there is enough, or nobody knows. */
export function lowRoom(): number | null {
  if (!room.value) return null;
  const left = room.value.quota - room.value.used - ROOM_KEPT_BYTES;
  return left < ROOM_LOW_BYTES ? Math.max(0, left) : null;
}

/** Adds files to a record, and says of each that can't be added why. */
export async function addFiles(
  evidence: Evidence,
  record: OpenRecord,
  files: readonly File[],
  beside: Beside,
  source: Source,
): Promise<void> {
  const there = place(record.visit, beside);
  adding.value = [...adding.value, ...files.map(() => there)];
  // One fix serves all photos of one choice; the camera took as long as it takes to get one.
  const here = source === "camera" ? quickPosition() : Promise.resolve(null);
  for (const file of files) {
    try {
      await addOne(evidence, record, file, beside, source, here);
    } catch (error) {
      toast(say(whyNot(error, file.name)));
    } finally {
      adding.value = adding.value.toSpliced(adding.value.indexOf(there), 1);
    }
  }
  await measureRoom();
}

/** Adds a drawing of ours, such as a signature. */
export async function addDrawing(evidence: Evidence, record: OpenRecord, drawing: Blob, beside: Beside): Promise<void> {
  const about = { media_type: drawing.type, name: "", taken_at: now(), position: null };
  await put(evidence, record, drawing, null, beside, about);
}

class NotAddable extends Error {
  constructor(readonly why: Text) {
    super(why.en);
  }
}

/** Why a file was not added. What is a fault of ours is thrown on. */
export function whyNot(error: unknown, name: string): Text {
  if (error instanceof NotAddable) return error.why;
  if (error instanceof StorageFull) return words.full;
  if (error instanceof NotReadable) return words.notReadable(name);
  if (error instanceof Refused) return refusalText(error.code);
  throw error;
}

async function addOne(
  evidence: Evidence,
  record: OpenRecord,
  file: File,
  beside: Beside,
  source: Source,
  here: Promise<Position | null>,
): Promise<void> {
  const kind = kindOf(file);
  if (!kind) throw new NotAddable(words.wrongType(file.name));
  if (file.size === 0) throw new NotAddable(words.emptyFile(file.name));
  if (kind !== "photo") {
    const about = { media_type: kind.document, name: file.name.slice(-SHORT_CHARS_MAX), taken_at: file.lastModified, position: null };
    return put(evidence, record, file, null, beside, about);
  }
  const exif = await readExif(file);
  const taken_at = exif.taken_at ?? (file.lastModified || now());
  const position = exif.position ?? (await here);
  const { photo, thumbnail } = await shrunk(file, await stamp(record, taken_at, position, source));
  await put(evidence, record, photo, thumbnail, beside, { media_type: photo.type, name: "", taken_at, position });
}

interface About {
  media_type: string;
  name: string;
  taken_at: number;
  position: Position | null;
}

async function put(evidence: Evidence, record: OpenRecord, blob: Blob, thumbnail: Blob | null, beside: Beside, about: About): Promise<void> {
  if (blob.size > EVIDENCE_BYTES_MAX) throw new NotAddable(words.tooLarge(about.name, size(EVIDENCE_BYTES_MAX)));
  await measureRoom();
  if (room.value && room.value.quota - room.value.used < blob.size + ROOM_KEPT_BYTES) throw new StorageFull();
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const sha256 = hex(await crypto.subtle.digest("SHA-256", bytes));
  const small = thumbnail && new Uint8Array(await thumbnail.arrayBuffer());
  const file = { sha256, bytes: bytes.length, ...about, taken_at: Math.max(0, Math.round(about.taken_at)) };
  await evidence.add(record.visit, { command: "add_evidence", evidence: randomId(), ...beside, file }, bytes, small);
}

const hex = (hash: ArrayBuffer): string =>
  Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** What is written along a photo's bottom edge: when, who, where; nothing where the district doesn't want it. */
async function stamp(record: OpenRecord, at: number, position: Position | null, source: Source): Promise<readonly string[]> {
  const { replica } = record;
  if ((await replica.store.rows("settings")).get("stamp") === "false") return [];
  const summary = record.view.value?.summary;
  const cooperative = replica.cooperatives.value.get(summary?.cooperative ?? "");
  const area = replica.areas.value.get(cooperative?.area ?? summary?.area ?? "")?.name;
  const whose = source === "camera" ? person.value?.name : say(words.fromGallery(person.value?.name ?? ""));
  return [
    [`${fullDay(at)} ${time(at)}`, whose],
    [area, cooperative?.name ?? summary?.provisional_name, position && coordinates(position)],
  ].map((line) => line.filter(Boolean).join(" · "));
}
