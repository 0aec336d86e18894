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
  field: "answer" | "note" | "follow_up" | "correction";
  /** The item, what else the note stands beside, the finding followed up, or the field of the register. */
  item: string;
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

/** A photo or file, as the record names it. */
export interface EvidenceFile {
  sha256: string;
  bytes: number;
  media_type: string;
  /** What it was called; empty for a photo. */
  name: string;
  taken_at: number;
  position: Position | null;
}

/** A photo or file. */
export interface Evidence {
  item: ItemId | null;
  finding: string | null;
  file: EvidenceFile;
  withdrawn: boolean;
  author: Author;
  at: number;
}

/** What became of a finding. */
export type Rectification = "put_right" | "partly" | "not_put_right";

/** A field of a cooperative's row that may be found different in the field. */
export type RegisterField =
  | "name"
  | "chair"
  | "telephone"
  | "address"
  | "village"
  | "credit_code"
  | "member_count"
  | "operating_status"
  | "position";

export type FixSource = "device" | "photo";

/** A record, read. */
export interface Inspection {
  genesis: { schema: number; visit: string; cooperative: string; checklist: string };
  heads: readonly ChangeHash[];
  answers: Readonly<Record<ItemId, FieldEntries<Answer>>>;
  /** By what they stand beside: items, `position`, findings that are followed up, evidence. */
  notes: Readonly<Record<string, FieldEntries<string>>>;
  findings: Readonly<Record<string, Finding>>;
  /** What became of findings of earlier visits. */
  follow_ups: Readonly<Record<string, FieldEntries<Rectification>>>;
  evidence: Readonly<Record<string, Evidence>>;
  /** What the register should say. */
  corrections: Readonly<Partial<Record<RegisterField, FieldEntries<string>>>>;
  present: readonly { person: string; since: number; change: ChangeHash }[];
  fixes: Readonly<Record<string, { position: Position; source: FixSource; author: Author; at: number }>>;
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
  | { command: "fix"; fix: string; position: Position; source: FixSource }
  | { command: "add_evidence"; evidence: string; item: ItemId | null; finding: string | null; file: EvidenceFile }
  | { command: "withdraw_evidence"; evidence: string }
  /** What became of a finding of an earlier visit; none takes it back. */
  | { command: "follow_up"; finding: string; outcome: Rectification | null }
  /** Another value for a field of the register; none takes the proposal back. */
  | { command: "correct"; register_field: RegisterField; proposed: string | null }
  | { command: "pick"; field: FieldRef; chosen: ChangeHash }
  | { command: "submit" }
  | { command: "withdraw"; reason: string };

/** What keeps a record from being submitted. */
export type Missing =
  | { missing: "answer"; item: ItemId }
  | { missing: "outcome_note" }
  | { missing: "proof" }
  | { missing: "position" };

/** A node of the administrative tree. */
export interface Area {
  code: string;
  name: string;
  parent: string | null;
}
