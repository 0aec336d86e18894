// The core's own thread: the wasm never runs where it could make a thumb wait. Answers one question after
// the other; after a trap it answers nothing more and is replaced.

import type { FromWorker, ToWorker } from "./client";
import type { Door } from "./door";
import { openDoor } from "./wasm-door";

let door: Door | null = null;

addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  if ("module" in data) door = openDoor(data.module);
  else postMessage(answer(data.id, data.question, data.with));
});

function answer(id: number, question: keyof Door, given: unknown): FromWorker {
  if (!door) throw new Error("BUG: a question before the core was there");
  try {
    // The client's types pair each question with what it needs; here they have passed through a message.
    const ask = door[question] as (given: unknown) => unknown;
    return { id, answer: ask(given) };
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) return { id, trapped: String(error) };
    return { id, broken: String(error) };
  }
}
