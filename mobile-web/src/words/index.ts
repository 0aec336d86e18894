// Every text comes in both languages side by side, so a missing translation doesn't compile. `say`
// picks the one being read; reading it in a component follows a change of language.
import { effect, signal } from "@preact/signals";

/** A text in both languages. */
export interface Text {
  readonly zh: string;
  readonly en: string;
}

/** Texts by key; a key may take what the text speaks of. */
export type Texts = Readonly<Record<string, Text | ((...about: never[]) => Text)>>;

export type Language = keyof Text;

const KEPT_AS = "xunfang.language";

/** The language being read: Chinese until somebody chooses English. */
export const language = signal<Language>(localStorage.getItem(KEPT_AS) === "en" ? "en" : "zh");

effect(() => {
  localStorage.setItem(KEPT_AS, language.value);
  document.documentElement.lang = language.value === "zh" ? "zh-CN" : "en";
});

/** The text in the language being read. */
export function say(text: Text): string {
  return text[language.value];
}
