// What a supervisor should look at in a record, in words.
import type { Flag } from "../api";
import type { Text } from "../words";
import { office as words } from "../words/office";

export const flagWords: Record<Flag, Text> = {
  far: words.flagFar,
  no_fix: words.flagNoFix,
  clock: words.flagClock,
  changed_since_approval: words.flagChanged,
};
