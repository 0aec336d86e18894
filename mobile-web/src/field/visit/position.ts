// Where the phone is: asked with a limit, and with the reason where it can't be told. Coordinates are WGS-84,
// as the Geolocation API gives them.
import { signal } from "@preact/signals";
import { randomId } from "../../core/chance";
import type { Position } from "../../shapes";
import type { Text } from "../../words";
import { field as words } from "../../words/field";
import type { OpenRecord } from "./open-record";

/** How asking for a position stands. */
export type Fixing = { is: "idle" } | { is: "asking" } | { is: "failed"; why: Text };

const PATIENCE_MS = 30_000;
/** A photo waits no longer for its position, and takes one that is as old as this. */
const QUICK_PATIENCE_MS = 5_000;
const QUICK_AGE_MS = 120_000;

const asking = signal<ReadonlyMap<string, Fixing>>(new Map());

/** How asking stands for a visit. */
export const fixing = (visit: string): Fixing => asking.value.get(visit) ?? { is: "idle" };

const stands = (visit: string, how: Fixing): void => {
  asking.value = new Map(asking.value).set(visit, how);
};

/** Asks the phone where it is and records it. Nothing waits for it: what comes after `unless` is too late. */
export function takeFix(record: OpenRecord, unless?: AbortSignal): void {
  stands(record.visit, { is: "asking" });
  void ask(PATIENCE_MS, 0).then((answer) => {
    if (unless?.aborted) return stands(record.visit, { is: "idle" });
    if ("why" in answer) return stands(record.visit, { is: "failed", why: answer.why });
    stands(record.visit, { is: "idle" });
    record.do({ command: "fix", fix: randomId(), position: answer, source: "device" });
  });
}

/** Where the phone is, as far as it can tell quickly. */
export async function quickPosition(): Promise<Position | null> {
  // The browser's own limit begins only once the person has allowed it to look.
  const enough = new Promise<null>((resolve) => setTimeout(() => resolve(null), QUICK_PATIENCE_MS));
  const answer = await Promise.race([ask(QUICK_PATIENCE_MS, QUICK_AGE_MS), enough]);
  return answer && !("why" in answer) ? answer : null;
}

function ask(timeout: number, maximumAge: number): Promise<Position | { why: Text }> {
  return new Promise((resolve) => {
    if (!("geolocation" in navigator)) return resolve({ why: words.fixUnavailable });
    navigator.geolocation.getCurrentPosition(
      ({ coords }) =>
        resolve({
          latitude_e7: Math.round(coords.latitude * 1e7),
          longitude_e7: Math.round(coords.longitude * 1e7),
          accuracy_m: Math.round(coords.accuracy),
        }),
      (error) => resolve({ why: reason(error) }),
      { enableHighAccuracy: true, timeout, maximumAge },
    );
  });
}

function reason(error: GeolocationPositionError): Text {
  if (error.code === error.PERMISSION_DENIED) return words.fixDenied;
  return error.code === error.TIMEOUT ? words.fixTimeout : words.fixUnavailable;
}
