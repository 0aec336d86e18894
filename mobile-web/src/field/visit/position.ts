// Where the phone is: asked once, with a limit, and with the reason where it can't be told.
import { signal } from "@preact/signals";
import { randomId } from "../../core/chance";
import type { Text } from "../../words";
import { field as words } from "../../words/field";
import type { OpenRecord } from "./open-record";

/** How asking for a position stands. */
export type Fixing = { is: "idle" } | { is: "asking" } | { is: "failed"; why: Text };

const PATIENCE_MS = 30_000;

const asking = signal<ReadonlyMap<string, Fixing>>(new Map());

/** How asking stands for a visit. */
export const fixing = (visit: string): Fixing => asking.value.get(visit) ?? { is: "idle" };

const stands = (visit: string, how: Fixing): void => {
  asking.value = new Map(asking.value).set(visit, how);
};

/** Asks the phone where it is and records it. Coordinates are WGS-84, as the Geolocation API gives them. */
export function takeFix(record: OpenRecord): void {
  if (!("geolocation" in navigator)) return stands(record.visit, { is: "failed", why: words.fixUnavailable });
  stands(record.visit, { is: "asking" });
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      stands(record.visit, { is: "idle" });
      record.do({
        command: "fix",
        fix: randomId(),
        position: {
          latitude_e7: Math.round(coords.latitude * 1e7),
          longitude_e7: Math.round(coords.longitude * 1e7),
          accuracy_m: Math.round(coords.accuracy),
        },
        source: "device",
      });
    },
    (error) => stands(record.visit, { is: "failed", why: reason(error) }),
    { enableHighAccuracy: true, timeout: PATIENCE_MS, maximumAge: 0 },
  );
}

function reason(error: GeolocationPositionError): Text {
  if (error.code === error.PERMISSION_DENIED) return words.fixDenied;
  return error.code === error.TIMEOUT ? words.fixTimeout : words.fixUnavailable;
}
