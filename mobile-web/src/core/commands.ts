// What only a phone knows of the core's words: what is missing, what is provisional, why something was
// refused; named as in Rust.

import type { ItemId } from "../shapes";

/** What keeps a record from being submitted. */
export type Missing =
  | { missing: "answer"; item: ItemId }
  | { missing: "outcome_note" }
  | { missing: "proof" };

/** A cooperative that isn't in the register yet. */
export interface Provisional {
  name: string;
  area: string;
}

/** A node of the administrative tree. */
export interface Area {
  code: string;
  name: string;
  parent: string | null;
}
