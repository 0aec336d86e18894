// What the QR of a visit says: which cooperative and which code, so that a colleague joins without typing.

/** The number of the only form there is so far; a later one counts on. */
const FORM = 1;
const QR = /^xunfang:join:(\d{1,9}):(.*)$/s;
const CONTENT = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):([0-9A-Z]{8})$/;

/** A visit that can be joined. */
export interface Joining {
  cooperative: string;
  code: string;
}

/** What the QR of a visit says. */
export const joinQr = ({ cooperative, code }: Joining): string => `xunfang:join:${FORM}:${cooperative}:${code}`;

/** Reads a QR: the visit it stands for, or that it comes from a newer app, or that it is none of a visit. */
export function readJoinQr(text: string): Joining | "newer" | "other" {
  const [, form, content] = QR.exec(text) ?? [];
  if (form === undefined || content === undefined) return "other";
  if (Number(form) > FORM) return "newer";
  const [, cooperative, code] = CONTENT.exec(content) ?? [];
  return Number(form) === FORM && cooperative && code ? { cooperative, code } : "other";
}
