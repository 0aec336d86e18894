// A word about the page itself: that something went wrong, that there is no network, that it still loads.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { SIGNS, type Tone } from "./chip";
import "./notice.css";

interface NoticeProps {
  tone: Tone;
  children: ComponentChildren;
  /** What can be done about it. */
  action?: ComponentChildren;
  /** Read aloud at once. */
  urgent?: boolean;
}

/** A notice. */
export function Notice({ tone, children, action, urgent }: NoticeProps) {
  return (
    <div class={`notice ${tone}`} role={urgent ? "alert" : undefined}>
      <span class="notice-sign" aria-hidden="true">
        {SIGNS[tone]}
      </span>
      <div class="notice-text">{children}</div>
      {action}
    </div>
  );
}

/** Short waits show nothing: a flicker reads as trouble. */
const SHOWN_AFTER_MS = 1_000;

/** Says that something is loading, once it has taken a second. */
export function Loading({ word }: { word: string }) {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), SHOWN_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <p class="loading quiet" role="status">
      {shown && word}
    </p>
  );
}
