// Whether the screen is wide enough for the office beside its lists.
import { signal } from "@preact/signals";

const query = matchMedia("(min-width: 960px)");

/** Whether it is. */
export const wide = signal(query.matches);
query.addEventListener("change", (event) => (wide.value = event.matches));
