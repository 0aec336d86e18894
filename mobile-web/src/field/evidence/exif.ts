// What a photo says of itself in its Exif block (CIPA DC-008), read before shrinking strips it: when it was
// taken, and where. Anything that is not as expected is as if it were not there.
import type { Position } from "../../shapes";

/** What was read; null where the photo doesn't say it. */
export interface Exif {
  /** Milliseconds since 1970. A time without an offset is China Standard Time. */
  taken_at: number | null;
  position: Position | null;
}

/** The block stands at the start of a JPEG, before the picture. */
const HEAD_BYTES = 256 * 1024;
/** Where a photo doesn't say how exact its position is: as a phone out of doors. */
const ACCURACY_M = 50;

const DATE_TIME_ORIGINAL = 0x9003;
const OFFSET_TIME_ORIGINAL = 0x9011;
const EXIF_IFD = 0x8769;
const GPS_IFD = 0x8825;
const LATITUDE_REF = 1;
const LATITUDE = 2;
const LONGITUDE_REF = 3;
const LONGITUDE = 4;
const POSITIONING_ERROR = 31;

/** Bytes a value of each type takes. */
const SIZES: Readonly<Record<number, number>> = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 9: 4, 10: 8 };

/** Reads a photo's own words. */
export async function readExif(photo: Blob): Promise<Exif> {
  const head = new DataView(await photo.slice(0, HEAD_BYTES).arrayBuffer());
  try {
    const start = tiffStart(head);
    return start === null ? { taken_at: null, position: null } : read(new DataView(head.buffer, start));
  } catch (error) {
    // A block that points beyond itself.
    if (error instanceof RangeError) return { taken_at: null, position: null };
    throw error;
  }
}

/** Where the TIFF header of the Exif segment begins. */
function tiffStart(jpeg: DataView): number | null {
  if (jpeg.getUint16(0) !== 0xffd8) return null;
  for (let at = 2; jpeg.getUint8(at) === 0xff; at += 2 + jpeg.getUint16(at + 2)) {
    const marker = jpeg.getUint8(at + 1);
    if (marker === 0xda) return null;
    if (marker === 0xe1 && jpeg.getUint32(at + 4) === 0x45786966) return at + 10;
  }
  return null;
}

interface Value {
  text: string;
  numbers: readonly number[];
}

function read(tiff: DataView): Exif {
  const little = tiff.getUint16(0) === 0x4949;
  const first = directory(tiff, tiff.getUint32(4, little), little);
  const at = (of: ReadonlyMap<number, Value>, tag: number) => of.get(tag)?.numbers[0];
  const exif = directory(tiff, at(first, EXIF_IFD), little);
  const gps = directory(tiff, at(first, GPS_IFD), little);
  return {
    taken_at: time(exif.get(DATE_TIME_ORIGINAL)?.text, exif.get(OFFSET_TIME_ORIGINAL)?.text),
    position: position(gps, at(gps, POSITIONING_ERROR)),
  };
}

function directory(tiff: DataView, start: number | undefined, little: boolean): ReadonlyMap<number, Value> {
  const values = new Map<number, Value>();
  if (!start) return values;
  const count = tiff.getUint16(start, little);
  for (let entry = 0; entry < count; entry += 1) {
    const at = start + 2 + entry * 12;
    const type = tiff.getUint16(at + 2, little);
    const many = Math.min(tiff.getUint32(at + 4, little), 64);
    const size = (SIZES[type] ?? 1) * many;
    const from = size <= 4 ? at + 8 : tiff.getUint32(at + 8, little);
    values.set(tiff.getUint16(at, little), value(tiff, from, type, many, little));
  }
  return values;
}

function value(tiff: DataView, from: number, type: number, many: number, little: boolean): Value {
  const each = Array.from({ length: many }, (_, index) => {
    const at = from + index * (SIZES[type] ?? 1);
    if (type === 3) return tiff.getUint16(at, little);
    if (type === 4) return tiff.getUint32(at, little);
    if (type === 5) return tiff.getUint32(at, little) / tiff.getUint32(at + 4, little);
    return tiff.getUint8(at);
  });
  return { numbers: each, text: type === 2 ? String.fromCharCode(...each).replace(/\0.*$/s, "").trim() : "" };
}

/** `2021:04:06 09:40:00` and `+08:00`. */
function time(text: string | undefined, offset: string | undefined): number | null {
  const found = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)/.exec(text ?? "");
  if (!found) return null;
  const zone = offset && /^[+-]\d\d:\d\d$/.test(offset) ? offset : "+08:00";
  const at = Date.parse(`${found[1]}-${found[2]}-${found[3]}T${found[4]}${zone}`);
  return at > 0 ? at : null;
}

function position(gps: ReadonlyMap<number, Value>, error: number | undefined): Position | null {
  const degrees = (tag: number, ref: number, negative: string): number => {
    const [whole = NaN, minutes = NaN, seconds = NaN] = gps.get(tag)?.numbers ?? [];
    return (whole + minutes / 60 + seconds / 3600) * (gps.get(ref)?.text === negative ? -1 : 1);
  };
  const latitude = degrees(LATITUDE, LATITUDE_REF, "S");
  const longitude = degrees(LONGITUDE, LONGITUDE_REF, "W");
  // Cameras without a position write zeroes.
  if (!(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180) || (latitude === 0 && longitude === 0)) return null;
  const accuracy_m = error !== undefined && error >= 0 && error < 1e6 ? Math.round(error) : ACCURACY_M;
  return { latitude_e7: Math.round(latitude * 1e7), longitude_e7: Math.round(longitude * 1e7), accuracy_m };
}
