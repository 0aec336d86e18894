// The time, to the minute, for everything on screen that says how long ago or which day it is.
import { signal } from "@preact/signals";
import { now } from "../core/clock";

const MINUTE_MS = 60_000;

/** Milliseconds since 1970, moved on every minute and whenever the app comes back into sight. */
export const minute = signal(now());

setInterval(() => (minute.value = now()), MINUTE_MS);
document.addEventListener("visibilitychange", () => (minute.value = now()));
