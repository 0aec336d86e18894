// Half-years, the periods of coverage: 2026-H2 is July to December 2026, China Standard Time.
import { isoDay } from "../words/format";

/** The half-year of a moment. */
export function periodOf(at: number): string {
  const [year, month] = isoDay(at).split("-").map(Number);
  return `${year}-H${(month ?? 1) <= 6 ? 1 : 2}`;
}

/** The half-year before. */
export function before(period: string): string {
  const [year, half] = period.split("-H").map(Number);
  return half === 2 ? `${year}-H1` : `${(year ?? 0) - 1}-H2`;
}

/** This half-year and those before it, newest first. */
export function lastPeriods(at: number, count: number): string[] {
  const periods = [periodOf(at)];
  while (periods.length < count) periods.push(before(periods[periods.length - 1] as string));
  return periods;
}
