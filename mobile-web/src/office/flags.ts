// What is worth a look in a record, in words.
import type { Text } from "../words";
import { office as words } from "../words/office";

const flags: Readonly<Record<string, Text>> = {
  far: words.flagFar,
  no_fix: words.flagNoFix,
  clock: words.flagClock,
  changed_since_approval: words.flagChanged,
};

/** The flag in words. */
export function flagWord(flag: string): Text {
  return flags[flag] ?? { zh: flag, en: flag };
}
