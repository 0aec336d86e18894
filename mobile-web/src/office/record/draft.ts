// What a supervisor has written about a record and not yet sent; it survives moving on and reloading.
import { signal, type Signal } from "@preact/signals";
import type { ItemId } from "../../shapes";

/** Comments in general and beside items. */
export interface Draft {
  comment: string;
  items: Readonly<Record<ItemId, string>>;
}

const EMPTY: Draft = { comment: "", items: {} };
const drafts = new Map<string, Signal<Draft>>();
const keptAs = (visit: string) => `xunfang.review.${visit}`;

/** The draft for a visit. */
export function draftOf(visit: string): Signal<Draft> {
  const known = drafts.get(visit);
  if (known) return known;
  const kept = sessionStorage.getItem(keptAs(visit));
  const draft = signal<Draft>(kept ? JSON.parse(kept) : EMPTY);
  draft.subscribe((now) => {
    if (isEmpty(now)) sessionStorage.removeItem(keptAs(visit));
    else sessionStorage.setItem(keptAs(visit), JSON.stringify(now));
  });
  drafts.set(visit, draft);
  return draft;
}

/** Writes a comment beside an item; empty takes it away. */
export function commentItem(draft: Signal<Draft>, item: ItemId, text: string): void {
  const { [item]: _, ...others } = draft.value.items;
  draft.value = { ...draft.value, items: text === "" ? others : { ...others, [item]: text } };
}

/** Forgets what was written, once it was sent. */
export function clearDraft(draft: Signal<Draft>): void {
  draft.value = EMPTY;
}

/** Whether nothing was written. */
export function isEmpty({ comment, items }: Draft): boolean {
  return comment.trim() === "" && Object.keys(items).length === 0;
}
