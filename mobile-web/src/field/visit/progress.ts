// Which sections and items are asked as a record stands, and how many of them have an answer.
import type { RecordView } from "../../core/door";
import type { Checklist, Section } from "../../shapes";
import { isAnswered } from "./item";
import type { OpenRecord } from "./open-record";

/** The sections with the items that are asked; those without any are left out. */
export function sectionsAsked(checklist: Checklist, view: RecordView): readonly Section[] {
  const asked = new Set(view.asked);
  return checklist.sections
    .map((section) => ({
      ...section,
      items: section.items.filter((item) => asked.has(item.id)),
    }))
    .filter((section) => section.items.length > 0);
}

/** How many of a section's items have an answer; one that is filled in differently has. */
export function progressOf(section: Section, record: OpenRecord): { done: number; of: number } {
  const done = section.items.filter((item) => isAnswered(record, item));
  return { done: done.length, of: section.items.length };
}
