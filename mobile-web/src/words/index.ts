// Every text comes in both languages side by side, so a missing translation doesn't compile. `say`
// picks the one being read; reading it in a component follows a change of language.
//
// Built, the English half lies in a file of its own (`english-apart.ts` beside the app's configuration);
// only who reads English waits for it.
import { effect, type ReadonlySignal, signal } from "@preact/signals";

/** A text in both languages. */
export interface Text {
  readonly zh: string;
  readonly en: string;
}

/** Texts by key; a key may take what the text speaks of. */
export type Texts = Readonly<Record<string, Text | ((...about: never[]) => Text)>>;

export type Language = keyof Text;

const KEPT_AS = "xunfang.language";

const chosen = signal<Language>("zh");

/** The language being read: Chinese until somebody chooses English. */
export const language: ReadonlySignal<Language> = chosen;

/** Reads another language from now on, once its words are here; where they can't be fetched, all stays. */
export async function read(next: Language): Promise<void> {
  if (next === "en") {
    const words = await import("virtual:english").catch(() => undefined);
    if (!words) return;
    english = words.default;
  }
  chosen.value = next;
  localStorage.setItem(KEPT_AS, next);
}

/** Reads the language that was chosen last. */
export async function readAsChosen(): Promise<void> {
  if (localStorage.getItem(KEPT_AS) === "en") await read("en");
}

effect(() => {
  document.documentElement.lang = language.value === "zh" ? "zh-CN" : "en";
});

/** The text in the language being read. */
export function say(text: Text): string {
  return text[language.value];
}

/** The English texts by their place, once they are here. */
let english: readonly (string | ((...about: unknown[]) => string))[] = [];

/** A text whose English half lies at this place of the list and speaks of `about`; written by the build. */
export function apart(zh: string, place: number, ...about: unknown[]): Text {
  return {
    zh,
    get en() {
      const text = english[place] ?? zh;
      return typeof text === "function" ? text(...about) : text;
    },
  };
}
