// The JSON that sync-core and the server speak, as types. Where a meaning is not said here, it is said in
// the Rust type of the same name. Times (`at`, `…_at`, `since`) are milliseconds since 1970.
import type { Text } from "./words";

/** A change, by its SHA-256 in hexadecimal. */
export type ChangeHash = string;
/** A checklist item, such as `premises`. */
export type ItemId = string;
/** A calendar day, such as 2021-04-06. */
export type Day = string;

export type YesNo = "yes" | "no" | "not_applicable";

/** The value of an item. */
export type Answer =
  | { kind: "yes_no"; value: YesNo }
  | { kind: "choice"; value: string }
  | { kind: "choices"; value: readonly string[] }
  | { kind: "text"; value: string }
  | { kind: "number"; value: number }
  /** Hundredths of a percent. */
  | { kind: "percent"; value: number }
  | { kind: "date"; value: Day };

/** A field that two people can write. */
export interface FieldRef {
  field: "answer" | "note";
  item: ItemId;
}

export interface Author {
  actor: string;
  /** None where the actor isn't known yet. */
  person: string | null;
}

/** A value with who wrote it and when (by the author's phone). */
export interface Entry<T> {
  value: T | null;
  author: Author;
  at: number;
  change: ChangeHash;
}

/** All values that nobody has written over, oldest first. Several that differ are a conflict. */
export type FieldEntries<T> = readonly Entry<T>[];

export type Severity = "minor" | "major" | "grave";

/** Something to be put right. */
export interface Finding {
  item: ItemId | null;
  text: string;
  severity: Severity;
  due: Day | null;
  responsible: string;
  withdrawn: boolean;
  author: Author;
  at: number;
}

/** A point in WGS-84. */
export interface Position {
  latitude_e7: number;
  longitude_e7: number;
  accuracy_m: number;
}

/** A record, read. */
export interface Inspection {
  genesis: { schema: number; visit: string; cooperative: string; checklist: string };
  heads: readonly ChangeHash[];
  answers: Readonly<Record<ItemId, FieldEntries<Answer>>>;
  notes: Readonly<Record<ItemId, FieldEntries<string>>>;
  findings: Readonly<Record<string, Finding>>;
  present: readonly { person: string; since: number; change: ChangeHash }[];
  fixes: Readonly<Record<string, { position: Position; author: Author; at: number }>>;
  confirmations: Readonly<Record<ItemId, FieldEntries<string>>>;
  submissions: readonly { person: string; at: number; heads: readonly ChangeHash[]; change: ChangeHash }[];
  withdrawals: readonly { person: string; at: number; reason: string; change: ChangeHash }[];
  summary: string;
  writers: readonly string[];
}

export type Verdict = "returned" | "approved" | "rejected";

/** A supervisor's decision, pinned to the heads that were on the screen. */
export interface Review {
  id: number;
  reviewer: string;
  reviewer_name: string;
  at: number;
  verdict: Verdict;
  comment: string;
  item_comments: Readonly<Record<ItemId, string>>;
  heads: readonly ChangeHash[];
  submissions: readonly ChangeHash[];
}

/** Where a record stands. */
export type Status =
  | "in_progress"
  | "submitted"
  | "returned"
  | "resubmitted"
  | "approved"
  | "rejected"
  | "withdrawn";

export type Outcome = "held" | "nobody_there" | "not_found";
export type OperatingStatus = "normal" | "shell" | "stopped" | "exiting" | "deregistered";
export type Title = "national" | "provincial" | "municipal" | "district";

/** A cooperative of the register. */
export interface Cooperative {
  id: string;
  name: string;
  /** Pinyin initials, lower-case. */
  initials: string;
  /** Met in the field and not in the register yet. */
  provisional: boolean;
  area: string;
  credit_code: string | null;
  operating_status: OperatingStatus;
  address: string;
  village: string;
  chair: string;
  telephone: string;
  position: Position | null;
  title: Title | null;
  established: Day | null;
  products: string;
  coordinator: string | null;
  five_haves_met: boolean | null;
  newest_counted: Day | null;
}

export interface Condition {
  item: ItemId;
  is: readonly string[];
  is_not: readonly string[];
}

export type ItemKind =
  | "yes_no"
  | "choice"
  | "choices"
  | "text"
  | "number"
  | "percent"
  | "date"
  | "summary"
  | "signature";

/** One question. */
export interface Item {
  id: ItemId;
  kind: ItemKind;
  title: Text;
  help: Text;
  required: boolean;
  not_applicable: boolean;
  photo: boolean;
  choices: readonly { id: string; title: Text }[];
  unit: Text;
  finding_under: number | null;
  when: readonly Condition[];
}

export interface Section {
  id: string;
  title: Text;
  when: readonly Condition[];
  items: readonly Item[];
}

/** A versioned list of questions. */
export interface Checklist {
  id: string;
  version: number;
  title: Text;
  sections: readonly Section[];
}

/** One thing a person does to a record: given on a phone, told again by the record's history. */
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

/** A node of the administrative tree. */
export interface Area {
  code: string;
  name: string;
  parent: string | null;
}
