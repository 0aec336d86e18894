// The figures of coverage and its periods, in words.
import type { Figure } from "../../api";
import type { Text } from "../../words";
import { office as words } from "../../words/office";

export const figureWords: Record<Figure, Text> = {
  due: words.figureDue,
  visited: words.figureVisited,
  counted: words.figureCounted,
  attempted: words.figureAttempted,
  overdue: words.figureOverdue,
  not_counted: words.figureNotCounted,
};

/** What each of them counts. */
export const figureMeanings: Record<Figure, Text> = {
  due: words.meansDue,
  visited: words.meansVisited,
  counted: words.meansCounted,
  attempted: words.meansAttempted,
  overdue: words.meansOverdue,
  not_counted: words.meansNotCounted,
};

/** 2026年下半年 for 2026-H2. */
export function periodWord(period: string): Text {
  const [year, half] = period.split("-H");
  return half === "1"
    ? { zh: `${year}年上半年`, en: `First half of ${year}` }
    : { zh: `${year}年下半年`, en: `Second half of ${year}` };
}
