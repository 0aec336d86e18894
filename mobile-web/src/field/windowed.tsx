// A long list that draws only what has come into sight: the first rows at once, more as the reader nears
// the end.
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

const STEP = 40;

interface WindowedProps<T> {
  items: readonly T[];
  /** Starts over at the top when this changes, such as the words searched for. */
  of: string;
  children: (item: T) => ComponentChildren;
}

/** The list's rows. */
export function Windowed<T>({ items, of, children }: WindowedProps<T>) {
  const drawn = useSignal(STEP);
  const end = useRef<HTMLLIElement>(null);
  useEffect(() => {
    drawn.value = STEP;
  }, [of]);
  useEffect(() => {
    const element = end.current;
    if (!element) return;
    const seen = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting) drawn.value += STEP;
      },
      { rootMargin: "600px" },
    );
    seen.observe(element);
    return () => seen.disconnect();
  }, [drawn.value, items.length, of]);
  return (
    <>
      {items.slice(0, drawn.value).map(children)}
      {drawn.value < items.length && <li ref={end} aria-hidden="true" />}
    </>
  );
}
