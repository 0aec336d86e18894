// Something asked of the server: still loading, there, or not to be had; asked again when more arrives.
import { useSignal, useSignalEffect } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useCallback, useEffect, useRef } from "preact/hooks";
import { Button, Loading, Notice } from "../parts";
import { Problem, sentence, Unreachable } from "../problem";
import { say } from "../words";
import { office as words } from "../words/office";
import { shared } from "../words/shared";
import { more } from "./live";

/** What became of it. A value stays while it is asked for again, so nothing flickers. */
export interface Loaded<T> {
  value: T | undefined;
  /** Why the last attempt failed. */
  error: unknown;
  /** Asks again. */
  reload: () => void;
  /** Takes a value that came another way, such as the answer to a decision. */
  replace: (value: T) => void;
}

/**
 * Asks the server, again whenever `key` changes, and while `live` whenever more arrives there. What one
 * key brought stays on screen until the next arrives; a screen that must not show it is given a Preact key.
 */
export function useLoaded<T>(key: string, load: (signal: AbortSignal) => Promise<T>, live = true): Loaded<T> {
  const value = useSignal<T | undefined>(undefined);
  const error = useSignal<unknown>(undefined);
  const asked = useRef<AbortController | null>(null);
  const latest = useRef(load);
  latest.current = load;

  const reload = useCallback(() => {
    asked.current?.abort();
    const controller = new AbortController();
    asked.current = controller;
    latest.current(controller.signal).then(
      (answer) => {
        if (controller.signal.aborted) return;
        value.value = answer;
        error.value = undefined;
      },
      (failure: unknown) => {
        if (controller.signal.aborted) return;
        error.value = failure;
        if (!isTold(failure)) throw failure;
      },
    );
  }, []);

  useEffect(() => {
    reload();
    return () => asked.current?.abort();
  }, [key]);

  const seen = useRef(more.peek());
  useSignalEffect(() => {
    if (live && more.value !== seen.current) {
      seen.current = more.value;
      reload();
    }
  });

  return { value: value.value, error: error.value, reload, replace: (next) => (value.value = next) };
}

/** Shows what was asked for, or that it loads, or why it is not there and how to go on. */
export function Show<T>({ loaded, children }: { loaded: Loaded<T>; children: (value: T) => ComponentChildren }) {
  const failed = loaded.error !== undefined && (
    <Notice
      tone={loaded.error instanceof Unreachable ? "ochre" : "brick"}
      urgent
      action={<Button onClick={loaded.reload}>{say(shared.tryAgain)}</Button>}
    >
      {isTold(loaded.error) ? sentence(loaded.error) : say(words.fault)}
    </Notice>
  );
  if (loaded.value === undefined) return failed || <Loading word={say(shared.loading)} />;
  return (
    <>
      {failed}
      {children(loaded.value)}
    </>
  );
}

const isTold = (error: unknown) => error instanceof Problem || error instanceof Unreachable;
