// Why a code can't be used, in words.
import type { Refused } from "../../sync/replica";
import type { Text } from "../../words";
import { field as words } from "../../words/field";
import { refusalText } from "../../words/problems";

const PROBLEMS: Readonly<Record<string, Text>> = {
  malformed: words.codeMalformed,
  wrong_check: words.codeWrongCheck,
  newer: words.codeNewer,
};

/** Why, and what to do. */
export const codeProblem = ({ code }: Refused): Text => PROBLEMS[code] ?? refusalText(code);
