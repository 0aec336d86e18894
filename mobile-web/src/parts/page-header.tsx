// The top of a page: the way back, the title, what it is about, and a word at the end.
import type { ComponentChildren } from "preact";
import { Icon } from "./icon";
import "./page-header.css";

interface PageHeaderProps {
  title: string;
  /** Beneath the title. */
  about?: ComponentChildren;
  /** At the end, such as a chip. */
  end?: ComponentChildren;
  /** Where this page hangs, and what it is called. */
  back?: { href: string; label: string };
}

/** The header. */
export function PageHeader({ title, about, end, back }: PageHeaderProps) {
  return (
    <header class="page-header">
      {back && (
        <a class="page-back no-print" href={back.href}>
          <Icon name="back" />
          <span>{back.label}</span>
        </a>
      )}
      <div class="page-title">
        <h1>{title}</h1>
        {end && <div class="page-end">{end}</div>}
      </div>
      {about && <p class="quiet">{about}</p>}
    </header>
  );
}
