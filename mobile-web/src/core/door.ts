// The questions the core answers. Each carries all it needs and keeps nothing behind, so a worker can be
// thrown away at any moment.

import type {
  ChangeHash, Checklist, Command, Cooperative, Day, FieldRef, Inspection, ItemId, Missing, Outcome, Review, Status,
} from "../shapes";

/** Who reads a record, with the decisions about it, oldest first. */
export interface Reader {
  person: string;
  reviews: readonly Review[];
}

/** Who writes, as whom, when by the phone's clock. */
export interface Writer {
  actor: string;
  now: number;
}

/** Where a new visit goes. */
export interface NewVisit {
  /** A random id where it is provisional. */
  cooperative: string;
  area: string;
  /** Its name, where the register doesn't have it. */
  provisional_name: string | null;
  /** The checklist and its version, such as quality-2021@1. */
  checklist: string;
}

/** Work the server refused: why, when it was written, and what it was. */
export interface Attention {
  change: ChangeHash;
  code: string;
  at: number;
  /** Why a supervisor decided that it stays out, where one did. */
  dismissed: string | null;
  commands: readonly Command[];
}

/** What coverage and due visits need of a record; the core alone looks inside. */
export type VisitFacts = Readonly<Record<string, unknown>>;

/** A record in one line. Times in milliseconds since 1970. */
export interface RecordSummary {
  visit: string;
  cooperative: string;
  provisional_name: string | null;
  area: string | null;
  code: string;
  status: Status;
  outcome: Outcome | null;
  started_at: number | null;
  present: readonly string[];
  /** The reader was there or wrote in it. */
  mine: boolean;
  located: boolean;
  missing: number;
  conflicts: number;
  findings: number;
  unsent: number;
  oldest_unsent_at: number | null;
  sent_at: number | null;
  received_at: number | null;
  last_written_at: number | null;
  attention: readonly Attention[];
  /** None before anybody was there. */
  facts: VisitFacts | null;
}

/** A record as its screens show it. */
export interface RecordView {
  summary: RecordSummary;
  checklist: string;
  inspection: Inspection;
  /** The items that are asked as the record stands, in order. */
  asked: readonly ItemId[];
  missing: readonly Missing[];
  conflicts: readonly FieldRef[];
  /** The decision that sent the record back, while it is back, with the commented items answered since. */
  returned: { review: Review; answered: readonly ItemId[] } | null;
}

/** A record's bytes with what its screens show. */
export interface Written {
  record: Uint8Array;
  view: RecordView;
}

/** Nothing was changed; the code has its words. */
export interface Refused {
  refused: string;
}

/** Why a visit is due. */
export type DueReason =
  | "follow_up" | "shell" | "exiting" | "stopped" | "five_haves_not_met" | "titled" | "newly_registered" | "normal";

/** A visit that the patrol rules ask for. */
export interface DueVisit {
  cooperative: string;
  reason: DueReason;
  /** The last day on which the visit is in time. */
  due_on: Day;
  /** 0 where there is still time. */
  overdue_days: number;
}

/** A row of the register; null where it is gone. */
export interface RegisterRow {
  table: string;
  key: string;
  /** An older one never replaces a newer one. */
  seq: number;
  value: string | null;
}

/** What a reply asks to be stored, all of it in one transaction. */
export interface Taken {
  put: readonly { visit: string; record: Uint8Array }[];
  deleted: readonly string[];
  rows: readonly RegisterRow[];
  /** Areas no longer granted: rows of the register that lie in them go. */
  ended: readonly string[];
  granted: readonly string[];
  people: Readonly<Record<string, string>>;
  state: Uint8Array;
  /** Ask again at once. */
  more: boolean;
  /** Whoever writes goes on as the fresh actor. */
  renews_actor: boolean;
  /** Records that could not be read or merged, left as they were. */
  set_aside: readonly string[];
  /** Why the server takes nothing in at the moment, or not all. */
  not_taking: NotTaking | null;
  /** The server has lost its log after this position: rows that stand after it are to be told to it. */
  lost_after: number | null;
  /** So many of the rows told to it, from the first, need not be told again. */
  heard: number;
}

/** The server's disk is nearly full, it has too much to do, or it keeps no more of what it refused. */
export type NotTaking = "disk_full" | "overloaded" | "quarantine_full";

/** The questions. */
export interface Door {
  checklist(given: { reference: string }): Checklist | null;
  start(given: { visit: NewVisit; entropy: Uint8Array; reader: Reader }): Written;
  join(given: { visit: NewVisit; code: string; reader: Reader }): Written | Refused;
  /** Carries out all the commands as one change, or none. A submission wants to be alone. */
  apply(given: { record: Uint8Array; commands: readonly Command[]; writer: Writer; reader: Reader }): Written | Refused;
  reenter(given: { record: Uint8Array; change: ChangeHash; writer: Writer; reader: Reader }): Written | Refused;
  dismiss(given: { record: Uint8Array; change: ChangeHash; reader: Reader }): Written;
  view(given: { record: Uint8Array; reader: Reader }): RecordView;
  /** One line a record; null for bytes that can't be read. */
  summaries(given: {
    person: string;
    records: readonly { record: Uint8Array; reviews: readonly Review[] }[];
  }): readonly (RecordSummary | null)[];
  /** The most pressing first. */
  due(given: {
    cooperatives: readonly Cooperative[];
    /** The patrol rules as pulled, as JSON. */
    rules: string;
    visits: readonly VisitFacts[];
    now: number;
  }): readonly DueVisit[];
  /** The body to send, not compressed. */
  push(given: {
    state: Uint8Array | null;
    /** The areas that sign-in named. */
    areas: readonly string[];
    records: readonly Uint8Array[];
    app: string;
    now: number;
    page_bytes_max: number;
    /** Rows from a log that the server has lost. */
    remembered: readonly RegisterRow[];
  }): Uint8Array;
  /** The visits that must be at hand to take a reply. */
  visits_in(given: { state: Uint8Array | null; reply: Uint8Array }): readonly string[];
  take(given: {
    state: Uint8Array | null;
    reply: Uint8Array;
    records: readonly Uint8Array[];
    person: string;
    /** Random, for what must be issued again. */
    fresh_actor: string;
  }): Taken;
}
