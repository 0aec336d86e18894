// What can become of a request besides an answer: the server said no, or nobody answered.
import { say, type Text } from "./words";
import { problemText } from "./words/problems";
import { shared } from "./words/shared";

/** The server said no (RFC 9457). */
export class Problem extends Error {
  constructor(
    /** The HTTP status. */
    readonly status: number,
    /** Stable; a key of `words/problems.ts`. */
    readonly code: string,
    /** The server's own sentence, where it sent one. */
    readonly told: Text | undefined,
    /** The problem document as it came. */
    readonly body: Readonly<Record<string, unknown>>,
    /** How long the server asks to be left alone; 0 where it doesn't. */
    readonly againAfterMs: number,
  ) {
    super(code);
  }

  /** Reads the problem out of an answer that is not a success. */
  static async of(response: Response): Promise<Problem> {
    const body = await response.json().then(asObject, () => asObject(null));
    const { code, title, title_en } = body;
    const told =
      typeof title === "string" ? { zh: title, en: typeof title_en === "string" ? title_en : title } : undefined;
    const fallback = response.status >= 500 ? "unavailable" : "malformed_request";
    const againAfterMs = 1000 * (Number(response.headers.get("Retry-After")) || 0);
    return new Problem(response.status, typeof code === "string" ? code : fallback, told, body, againAfterMs);
  }
}

/** Nobody answered: no network, or no server behind it. */
export class Unreachable extends Error {}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

/** What to tell the person about a failed request. Anything that is neither is a fault of ours, and thrown on. */
export function sentence(error: unknown): string {
  if (error instanceof Problem) return say(problemText(error.code, error.told));
  if (error instanceof Unreachable) return say(shared.serverUnreachable);
  throw error;
}
