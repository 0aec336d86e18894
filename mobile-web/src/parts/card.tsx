// A sheet of paper on the page; with an address the whole sheet is a link.
import type { ComponentChildren } from "preact";
import type { Tone } from "./chip";
import "./card.css";

interface CardProps {
  /** Where pressing it leads. */
  href?: string;
  /** What pressing it does, where that is no address. */
  onClick?: () => void;
  /** Colours its border by state. */
  tone?: Tone;
  children: ComponentChildren;
}

/** A card. */
export function Card({ href, onClick, tone, children }: CardProps) {
  const look = `card${tone ? ` ${tone}` : ""}`;
  if (href) {
    return (
      <a class={look} href={href}>
        {children}
      </a>
    );
  }
  if (onClick) {
    return (
      <button type="button" class={look} onClick={onClick}>
        {children}
      </button>
    );
  }
  return <div class={look}>{children}</div>;
}
