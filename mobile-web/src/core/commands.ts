// What a person may do to a record, and why the core or the server says no: named as in Rust.

import type { Answer, ChangeHash, Day, FieldRef, ItemId, Position, Severity } from "../shapes";

/** One thing a person does. */
export type Command =
  /** Be present from now on; the first thing anybody does in a record. */
  | { command: "join" }
  | { command: "answer"; item: ItemId; value: Answer }
  /** Take an answer back; it then has none, which is not the same as *no*. */
  | { command: "clear"; item: ItemId }
  /** Say that a value already there still holds, to the review that asked. */
  | { command: "confirm"; item: ItemId; review: number }
  /** The whole note; empty takes it back. */
  | { command: "note"; item: ItemId; text: string }
  /** The whole summary. */
  | { command: "summary"; text: string }
  | {
      command: "add_finding";
      /** Its random id. */
      finding: string;
      item: ItemId | null;
      text: string;
      severity: Severity;
      due: Day | null;
      responsible: string;
    }
  | { command: "withdraw_finding"; finding: string }
  | { command: "fix"; fix: string; position: Position }
  | { command: "pick"; field: FieldRef; chosen: ChangeHash }
  | { command: "submit" }
  | { command: "withdraw"; reason: string };

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
