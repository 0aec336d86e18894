// The main thread's side of the core: asks the worker, and starts a new one when the core has trapped.
// Every question carries all it needs, so the questions that a trap interrupts are asked again.

import type { Door } from "./door";
import wasmUrl from "./wasm/sync_core_bg.wasm?url";

/** What the worker is told: the compiled core once, then questions. */
export type ToWorker =
  | { readonly module: WebAssembly.Module }
  | { readonly id: number; readonly question: keyof Door; readonly with: unknown };

/** What the worker answers. */
export type FromWorker =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly broken: string }
  | { readonly id: number; readonly trapped: string };

/** The core can't read what it was given, or broke on it. Asking again with the same bytes won't help. */
export class CoreBroke extends Error {}

type Asked = {
  readonly message: { readonly id: number; readonly question: keyof Door; readonly with: unknown };
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
};

const waiting = new Map<number, Asked>();
let lastId = 0;
let worker: Promise<Worker> | null = null;
let compiled: Promise<WebAssembly.Module> | null = null;

/** Fetches and compiles the core ahead of the first question. */
export function warmCore(): void {
  worker ??= start();
}

/** Asks the core one question. Throws {@link CoreBroke}. */
export function ask<Q extends keyof Door>(
  question: Q,
  given: Parameters<Door[Q]>[0],
): Promise<ReturnType<Door[Q]>> {
  const id = ++lastId;
  const message = { id, question, with: given };
  return new Promise<unknown>((resolve, reject) => {
    waiting.set(id, { message, resolve, reject });
    worker ??= start();
    worker.then(
      (running) => running.postMessage(message satisfies ToWorker),
      (error: Error) => {
        worker = null;
        waiting.delete(id);
        reject(error);
      },
    );
  }) as Promise<ReturnType<Door[Q]>>;
}

async function start(): Promise<Worker> {
  compiled ??= WebAssembly.compileStreaming(fetch(wasmUrl));
  const module = await compiled.catch((error: unknown) => {
    compiled = null;
    throw error;
  });
  const running = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "core" });
  running.onmessage = (event: MessageEvent<FromWorker>) => hear(event.data);
  running.postMessage({ module } satisfies ToWorker);
  return running;
}

function hear(message: FromWorker): void {
  const asked = waiting.get(message.id);
  if (!asked) return;
  waiting.delete(message.id);
  if ("answer" in message) asked.resolve(message.answer);
  else if ("broken" in message) asked.reject(new CoreBroke(message.broken));
  else {
    asked.reject(new CoreBroke(message.trapped));
    restart();
  }
}

/** A trap leaves the core's memory in doubt, so its worker is given up with all it held. */
function restart(): void {
  const broken = worker;
  const again = [...waiting.values()];
  worker = start();
  void broken?.then((running) => running.terminate());
  void worker.then((running) => {
    for (const { message } of again) running.postMessage(message satisfies ToWorker);
  });
}
