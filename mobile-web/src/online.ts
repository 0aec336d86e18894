// Whether the browser thinks there is a network. It may be wrong; a request tells for sure.
import { signal } from "@preact/signals";

/** What the browser thinks. */
export const online = signal(navigator.onLine);
addEventListener("online", () => (online.value = true));
addEventListener("offline", () => (online.value = false));
