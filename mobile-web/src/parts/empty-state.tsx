// An empty screen says what to do next.
import type { ComponentChildren } from "preact";
import "./empty-state.css";

interface EmptyStateProps {
  title: string;
  /** What to do next. */
  text?: string;
  children?: ComponentChildren;
}

/** An empty state. */
export function EmptyState({ title, text, children }: EmptyStateProps) {
  return (
    <div class="empty-state">
      <p class="empty-title">{title}</p>
      {text && <p class="quiet">{text}</p>}
      {children}
    </div>
  );
}
