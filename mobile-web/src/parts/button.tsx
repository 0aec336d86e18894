// A button, or a link that looks like one.
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import "./button.css";

interface Look {
  /** `main` is the one thing to do here; `danger` takes something back or refuses it. */
  kind?: "main" | "plain" | "quiet" | "danger";
  /** As tall as a thumb needs and as wide as there is room. */
  big?: boolean;
  /** For screen readers, where what is shown doesn't say it. */
  label?: string;
  children: ComponentChildren;
}

const looks = ({ kind = "plain", big }: Look) => `button ${kind}${big ? " big" : ""}`;

interface ButtonProps extends Look {
  type?: "button" | "submit";
  /** Something is under way: pressing again does nothing. */
  busy?: boolean;
  disabled?: boolean;
  /** Why it can't be pressed; shown beneath, and pressing does nothing. */
  why?: string | null;
  onClick?: (event: MouseEvent) => void;
}

/** A button. */
export function Button({ type = "button", busy, disabled, why, onClick, label, children, ...look }: ButtonProps) {
  const reason = useId();
  const button = (
    <button
      type={type}
      class={looks({ ...look, children })}
      disabled={disabled}
      aria-disabled={Boolean(why) || undefined}
      aria-busy={busy || undefined}
      aria-label={label}
      aria-describedby={why ? reason : undefined}
      onClick={busy || why ? (event: MouseEvent) => event.preventDefault() : onClick}
    >
      {children}
    </button>
  );
  if (!why) return button;
  return (
    <span class="button-with-reason">
      {button}
      <span id={reason} class="quiet">
        {why}
      </span>
    </span>
  );
}

/** A link that looks like a button. */
export function ButtonLink({ href, label, children, ...look }: Look & { href: string }) {
  return (
    <a class={looks({ ...look, children })} href={href} aria-label={label}>
      {children}
    </a>
  );
}
