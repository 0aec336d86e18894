// Dates, times, numbers and distances as people here read them: China Standard Time, units always shown.
import { language, say } from "./index";

const ZONE = "Asia/Shanghai";
const DAY_MS = 86_400_000;

const locale = () => (language.value === "zh" ? "zh-CN" : "en-GB");

const formats = new Map<string, Intl.DateTimeFormat>();

function format(at: number, options: Intl.DateTimeFormatOptions): string {
  const key = locale() + JSON.stringify(options);
  let known = formats.get(key);
  if (!known) {
    known = new Intl.DateTimeFormat(locale(), { timeZone: ZONE, ...options });
    formats.set(key, known);
  }
  return known.format(at);
}

const year = (at: number) => new Intl.DateTimeFormat("en", { timeZone: ZONE, year: "numeric" }).format(at);

/** A day in full: 2021年4月6日 周二. `at` in milliseconds since 1970. */
export function fullDay(at: number): string {
  const date = format(at, { year: "numeric", month: language.value === "zh" ? "long" : "short", day: "numeric" });
  const weekday = format(at, { weekday: "short" });
  return language.value === "zh" ? `${date} ${weekday}` : `${weekday} ${date}`;
}

/** A day, its year only where it isn't this year: 4月6日. */
export function day(at: number): string {
  const month = language.value === "zh" ? "long" : "short";
  return format(at, {
    ...(year(at) === year(Date.now()) ? {} : { year: "numeric" }),
    month,
    day: "numeric",
  });
}

/** The time of day: 09:40. */
export function time(at: number): string {
  return format(at, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

/** A day and time: 4月6日 09:40. */
export function dayTime(at: number): string {
  return `${day(at)} ${time(at)}`;
}

/** From one moment to another: 4月6日 09:40 至 10:25; one moment where they are the same minute. */
export function between(from: number, to: number): string {
  return `${day(from)} ${timesBetween(from, to)}`;
}

/** The same where the first day is known: 09:40 至 10:25, the last day only where it differs. */
export function timesBetween(from: number, to: number): string {
  if (dayTime(from) === dayTime(to)) return time(from);
  const end = day(from) === day(to) ? time(to) : dayTime(to);
  return say({ zh: `${time(from)} 至 ${end}`, en: `${time(from)} to ${end}` });
}

/** A calendar day of the register, such as 2021-04-06, in milliseconds since 1970 (noon, so that no zone moves it). */
export function dayAt(iso: string): number {
  return Date.parse(`${iso}T12:00:00+08:00`);
}

/** The calendar day of a moment, such as 2021-04-06. */
export function isoDay(at: number): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: ZONE, year: "numeric", month: "2-digit", day: "2-digit" }).format(at);
}

/** Whole calendar days from one moment to another. */
export function daysBetween(from: number, to: number): number {
  return Math.round((dayAt(isoDay(to)) - dayAt(isoDay(from))) / DAY_MS);
}

/** How long ago, coarsely: 刚才, 12 分钟前, 3 小时前, 2 天前. */
export function ago(at: number, now: number = Date.now()): string {
  const minutes = Math.floor((now - at) / 60_000);
  if (minutes < 1) return say({ zh: "刚才", en: "just now" });
  if (minutes < 60) return say({ zh: `${minutes} 分钟前`, en: `${minutes} min ago` });
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return say({ zh: `${hours} 小时前`, en: `${hours} h ago` });
  return say({ zh: `${days(Math.floor(hours / 24))}前`, en: `${days(Math.floor(hours / 24))} ago` });
}

/** A number of days: 3 天. */
export function days(count: number): string {
  return say({ zh: `${count} 天`, en: count === 1 ? "1 day" : `${count} days` });
}

/** A number with its groups: 1,793. */
export function number(value: number): string {
  return value.toLocaleString(locale());
}

/** A share as a percentage: 46.2 %; a dash where there is nothing to share. */
export function share(part: number, whole: number): string {
  return whole === 0 ? "—" : `${((part / whole) * 100).toFixed(1)} %`;
}

/** Hundredths of a percent as a percentage: 6250 is 62.5 %. */
export function percent(hundredths: number): string {
  return `${number(hundredths / 100)} %`;
}

/** A distance in metres: 84 m, 3.4 km. */
export function distance(metres: number): string {
  return metres < 1000 ? `${Math.round(metres)} m` : `${(metres / 1000).toFixed(1)} km`;
}

/** A size in bytes: 38 MB. */
export function size(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const step = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** step;
  return `${value >= 10 || step === 0 ? Math.round(value) : value.toFixed(1)} ${units[step]}`;
}

/** A point of WGS-84 in degrees: 39.38120° N, 112.52210° E. */
export function coordinates({ latitude_e7, longitude_e7 }: { latitude_e7: number; longitude_e7: number }): string {
  const degrees = (e7: number) => Math.abs(e7 / 1e7).toFixed(5);
  return `${degrees(latitude_e7)}° ${latitude_e7 < 0 ? "S" : "N"}, ${degrees(longitude_e7)}° ${longitude_e7 < 0 ? "W" : "E"}`;
}
