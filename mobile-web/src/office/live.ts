// Wake-ups from the server: "there is more", nothing else. Read by fetch rather than EventSource, which
// can't carry a bearer token.
import { signal } from "@preact/signals";
import { Unreachable } from "../problem";
import { authorized, sessionEnded } from "../session";

/** Counts up whenever the server has more. */
export const more = signal(0);
/** Whether the server would tell us. */
export const connected = signal(false);

/** Several changes in a row wake once. */
const SETTLE_MS = 400;
/** Between two attempts to reach the server, doubling up to the second. */
const RETRY_MS = 1_000;
const RETRY_MS_MAX = 60_000;

/** Listens until told to stop. */
export function listen(): () => void {
  const stopped = new AbortController();
  let settling: ReturnType<typeof setTimeout> | undefined;
  const wake = () => {
    clearTimeout(settling);
    settling = setTimeout(() => more.value++, SETTLE_MS);
  };
  void keepListening(stopped.signal, wake);
  return () => {
    clearTimeout(settling);
    stopped.abort();
    connected.value = false;
  };
}

async function keepListening(stopped: AbortSignal, wake: () => void): Promise<void> {
  let wait = RETRY_MS;
  let missed = false;
  while (!stopped.aborted && !sessionEnded.value) {
    try {
      const response = await authorized("/api/v1/events", { signal: stopped, headers: { Accept: "text/event-stream" } });
      if (response.ok && response.body) {
        // What came while nobody listened is looked up once.
        if (missed) wake();
        connected.value = true;
        wait = RETRY_MS;
        await read(response.body, wake);
      }
    } catch (error) {
      if (!stopped.aborted && !(error instanceof Unreachable) && !(error instanceof TypeError)) throw error;
    }
    connected.value = false;
    missed = true;
    await pause(wait, stopped);
    wait = Math.min(wait * 2, RETRY_MS_MAX);
  }
}

/** Reads events until the stream ends; an event's name is all that matters here. */
async function read(body: ReadableStream<Uint8Array<ArrayBuffer>>, wake: () => void): Promise<void> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + value).split(/\r\n|\n|\r/);
    rest = lines.pop() ?? "";
    if (lines.some((line) => line === "event: more" || line === "event:more")) wake();
  }
}

/** Waits, at most until the network is back or nobody listens any more. */
const pause = (ms: number, stopped: AbortSignal) =>
  new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener("online", done);
      stopped.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    addEventListener("online", done);
    stopped.addEventListener("abort", done);
  });
