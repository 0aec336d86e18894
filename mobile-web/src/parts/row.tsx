// Rows of a list: what it is, what is known of it, and a word at the end.
import type { ComponentChildren } from "preact";
import "./row.css";

/** The list around rows. */
export function Rows({ label, children }: { label?: string; children: ComponentChildren }) {
  return (
    <ul class="rows" aria-label={label}>
      {children}
    </ul>
  );
}

interface RowProps {
  title: ComponentChildren;
  /** Beneath the title. */
  about?: ComponentChildren;
  /** At the end of the row. */
  end?: ComponentChildren;
  href?: string;
  onClick?: () => void;
  /** The one that is open beside the list. */
  current?: boolean;
}

/** A row. */
export function Row({ title, about, end, href, onClick, current }: RowProps) {
  const inner = (
    <>
      <span class="row-main">
        <span class="row-title">{title}</span>
        {about && <span class="row-about">{about}</span>}
      </span>
      {end && <span class="row-end">{end}</span>}
    </>
  );
  return (
    <li>
      {href ? (
        <a class="row" href={href} aria-current={current ? "true" : undefined}>
          {inner}
        </a>
      ) : onClick ? (
        <button type="button" class="row" onClick={onClick} aria-pressed={current}>
          {inner}
        </button>
      ) : (
        <div class="row">{inner}</div>
      )}
    </li>
  );
}
