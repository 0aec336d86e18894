// Shrinks one photo after the other, in a worker where that can draw; the worker goes once it has nothing to do.
import type { FromShrink, ToShrink } from "./shrink-worker";
import type { Shrunk } from "./shrink";

/** The file is no photo that this phone can read. */
export class NotReadable extends Error {}

let turn: Promise<unknown> = Promise.resolve();
let worker: Worker | null = null;
let waiting = 0;

/** Shrinks a photo once those before it are done: a cheap phone has room for one at a time. Throws {@link NotReadable}. */
export function shrunk(photo: Blob, stamp: readonly string[]): Promise<Shrunk> {
  waiting += 1;
  const mine = turn.then(() => once(photo, stamp)).finally(() => {
    waiting -= 1;
    if (waiting > 0) return;
    worker?.terminate();
    worker = null;
  });
  turn = mine.catch(() => undefined);
  return mine;
}

async function once(photo: Blob, stamp: readonly string[]): Promise<Shrunk> {
  if (typeof OffscreenCanvas === "undefined") {
    const { shrink } = await import("./shrink");
    return shrink(photo, stamp).catch((error: unknown) => {
      throw new NotReadable(String(error));
    });
  }
  const drawing = (worker ??= new Worker(new URL("./shrink-worker.ts", import.meta.url), { type: "module", name: "shrink" }));
  const answer = await new Promise<FromShrink>((resolve) => {
    drawing.onmessage = ({ data }: MessageEvent<FromShrink>) => resolve(data);
    // A worker that ran out of memory says nothing more.
    drawing.onerror = (event) => {
      worker = null;
      resolve({ failed: event.message });
    };
    drawing.postMessage({ photo, stamp } satisfies ToShrink);
  });
  if ("failed" in answer) throw new NotReadable(answer.failed);
  return answer;
}
