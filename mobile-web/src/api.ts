// The server's JSON endpoints, one function each.
import { Problem } from "./problem";
import { authorized, exchange } from "./session";

/** Longer than any answer should take on a weak link. */
const PATIENCE_MS = 30_000;

/** What runs there. */
export interface Version {
  version: string;
  /** The server shows invented data. */
  sample: boolean;
}

/** Asks what runs there; needs no sign-in. */
export async function version(): Promise<Version> {
  return read(await exchange("/api/v1/version", { signal: AbortSignal.timeout(PATIENCE_MS) }));
}

async function read<T>(response: Response): Promise<T> {
  if (!response.ok) throw await Problem.of(response);
  return (await response.json()) as T;
}

/** Reads from the server in the name of the person signed in. Throws [`Problem`] or `Unreachable`. */
export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  return read(await authorized(`/api/v1/${path}`, { signal: signal ? AbortSignal.any([signal, patience]) : patience }));
}

/** Tells the server something in the name of the person signed in. Throws [`Problem`] or `Unreachable`. */
export async function post<T>(path: string, body: unknown): Promise<T> {
  return read(
    await authorized(`/api/v1/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE_MS),
    }),
  );
}
