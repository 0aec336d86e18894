// Which look the page has: as the system, light, dark, or sunlight for reading out of doors.
import { effect, signal } from "@preact/signals";

const LOOKS = ["auto", "light", "dark", "sunlight"] as const;
export type Look = (typeof LOOKS)[number];

const KEPT_AS = "xunfang.look";
const kept = localStorage.getItem(KEPT_AS);

/** The chosen look. */
export const look = signal<Look>(LOOKS.find((known) => known === kept) ?? "auto");

const systemDark = matchMedia("(prefers-color-scheme: dark)");
const dark = signal(systemDark.matches);
systemDark.addEventListener("change", (event) => (dark.value = event.matches));

effect(() => {
  localStorage.setItem(KEPT_AS, look.value);
  const shown = look.value === "auto" ? (dark.value ? "dark" : "light") : look.value;
  document.documentElement.dataset.look = shown;
});
