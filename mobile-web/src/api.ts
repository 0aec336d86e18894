// The server's JSON endpoints, one function each.
import { Problem, Unreachable } from "./problem";
import { authorized, exchange } from "./session";
import type {
  Answer,
  Area,
  ChangeHash,
  Checklist,
  Command,
  Cooperative,
  Day,
  Evidence,
  FieldRef,
  Finding,
  Inspection,
  ItemId,
  Outcome,
  Rectification,
  RegisterField,
  Review,
  Status,
  Verdict,
} from "./shapes";

/** Longer than any answer should take on a weak link. */
const PATIENCE_MS = 30_000;

/** What runs there. */
export interface Version {
  version: string;
  /** The server shows invented data. */
  sample: boolean;
}

/** Asks what runs there; needs no sign-in. */
export async function version(): Promise<Version> {
  return read(await exchange("/api/v1/version", { signal: AbortSignal.timeout(PATIENCE_MS) }));
}

async function read<T>(response: Response): Promise<T> {
  if (!response.ok) throw await Problem.of(response);
  try {
    return (await response.json()) as T;
  } catch (error) {
    // The answer broke off halfway; only a whole body that is no JSON is a fault of ours.
    throw error instanceof SyntaxError ? error : new Unreachable();
  }
}

/** Reads from the server in the name of the person signed in. Throws [`Problem`] or `Unreachable`. */
export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  return read(await authorized(`/api/v1/${path}`, { signal: signal ? AbortSignal.any([signal, patience]) : patience }));
}

/** Tells the server something in the name of the person signed in. Throws [`Problem`] or `Unreachable`. */
export async function post<T>(path: string, body: unknown): Promise<T> {
  return read(
    await authorized(`/api/v1/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE_MS),
    }),
  );
}

/** What a supervisor should look at in a record before anything else. */
export type Flag = "far" | "no_fix" | "clock" | "changed_since_approval";

/** A record in a list. */
export interface QueueRow {
  visit: string;
  cooperative: string;
  cooperative_name: string;
  area: string;
  area_name: string;
  status: Status;
  outcome: Outcome | null;
  /** When it was, as the server judged the phone's clock. */
  visit_at: number;
  /** When the server received the submission. */
  submitted_at: number | null;
  /** Open conflicts. */
  conflicts: number;
  flags: readonly Flag[];
  writers: readonly { id: string; name: string }[];
  findings: number;
}

/** One difference between two states of a record; several values of a field are a conflict. */
export type FieldChange =
  | { field: "answer"; item: ItemId; before: readonly Answer[]; after: readonly Answer[] }
  | { field: "note"; item: ItemId; before: readonly string[]; after: readonly string[] }
  | { field: "summary"; before: string; after: string }
  | { field: "finding"; finding: string; before: Finding | null; after: Finding | null }
  | { field: "follow_up"; finding: string; before: readonly Rectification[]; after: readonly Rectification[] }
  | { field: "evidence"; evidence: string; before: Evidence | null; after: Evidence | null }
  | { field: "correction"; register_field: RegisterField; before: readonly string[]; after: readonly string[] }
  | { field: "submission" | "presence"; person: string }
  | { field: "confirmation"; item: ItemId; person: string }
  | { field: "withdrawal"; person: string; reason: string }
  | { field: "fix"; fix: string };

/** What one change did, and when the server received it. */
export interface HistoryEntry {
  facts: { hash: ChangeHash; actor: string; seq: number; at: number };
  person: string | null;
  commands: readonly Command[];
  received_at: number;
}

/** Why the person can't decide; `conflicts` keeps from approving only. */
export type CannotReview = "wrote_in_it" | "conflicts" | "not_submitted" | "not_yours";

/** A record with everything that a decision needs. */
export interface RecordPage {
  visit: string;
  code: string;
  cooperative: Cooperative;
  area_name: string;
  /** Such as `quality-2021@1`. */
  checklist: string;
  status: Status;
  changed_since_approval: boolean;
  heads: readonly ChangeHash[];
  inspection: Inspection;
  /** The items that are asked as the record stands, in order. */
  asked: readonly ItemId[];
  /** The fields with values in conflict. */
  conflicts: readonly FieldRef[];
  people: Readonly<Record<string, string>>;
  visit_at: number;
  /** The phone's clock couldn't be believed. */
  time_flagged: boolean;
  reviews: readonly Review[];
  history: readonly HistoryEntry[];
  can_review: boolean;
  can_review_reason: CannotReview | null;
  /** From the registered place, in metres. */
  distance_m: number | null;
  changes_since_review: readonly FieldChange[] | null;
}

/** The figures of coverage, each with a list behind it. */
export const FIGURES = ["due", "visited", "counted", "attempted", "overdue", "not_counted"] as const;
export type Figure = (typeof FIGURES)[number];

/** The figures of one area. Coverage is counted / due. */
export interface CoverageCounts {
  due: number;
  visited: number;
  counted: number;
  attempted: number;
  overdue: number;
  /** Visits that count, by week of the period. */
  weeks: readonly number[];
}

/** Coverage of a half-year. */
export interface Coverage {
  /** Such as 2026-H2. */
  period: string;
  from: Day;
  to: Day;
  as_of_at: number;
  area: string;
  /** Names the rule that picked what counts. */
  rule: string;
  units: readonly (CoverageCounts & { area: string; area_name: string })[];
  total: CoverageCounts;
}

/** A cooperative in a list behind a figure. */
export interface CoverageRow {
  id: string;
  name: string;
  area: string;
  area_name: string;
  last_visit_at: number | null;
  due_on: Day | null;
  coordinator_name: string | null;
}

/** A phone or a browser, as last heard of. */
export interface DeviceRow {
  device: string;
  name: string;
  person: string;
  person_name: string;
  area_name: string | null;
  last_contact_at: number;
  /** As it last reported; none where it never did. */
  unsent: { records: number; changes: number; oldest_at: number | null } | null;
  app: string | null;
}

/** What can become of a refused change. */
export type Resolution = "released" | "replaced" | "dismissed";

/** What one person sent of one visit from one device, and was refused. */
export interface Parcel {
  visit: string;
  person: string;
  device: string;
}

/** A parcel in the list. */
export interface ParcelRow extends Parcel {
  person_name: string;
  device_name: string;
  cooperative: string | null;
  /** As the register or the sender calls it. */
  cooperative_name: string | null;
  area_name: string | null;
  received_at: number;
  last_received_at: number;
  changes: number;
  codes: readonly string[];
  resolutions: readonly Resolution[];
  resolved_at: number | null;
}

/** What keeps the person from releasing a change. */
export type WhyNot = "resolved" | "beyond_release" | "builds_on_refused" | "no_area" | "not_yours" | "own_work";

/** A refused change, read as far as it can be. */
export interface RefusedChange {
  id: number;
  hash: ChangeHash;
  code: string;
  received_at: number;
  bytes: number;
  depends_on: ChangeHash | null;
  /** By its author's phone. */
  at: number | null;
  /** None where they can't be read, or aren't shown to this person. */
  commands: readonly Command[] | null;
  why_not: WhyNot | null;
  resolution: Resolution | null;
  resolved_by: string | null;
  resolved_at: number | null;
  reason: string | null;
}

/** A parcel with everything that a decision needs. */
export interface ParcelPage extends Omit<ParcelRow, "changes"> {
  checklist: string | null;
  has_record: boolean;
  changes: readonly RefusedChange[];
  /** What the record would say otherwise with what is open. */
  differences: readonly FieldChange[];
  people: Readonly<Record<string, string>>;
  can_decide: boolean;
}

/** What became of a change that somebody decided about. */
export interface RefusedOutcome {
  id: number;
  /** None where it is still open. */
  resolution: Resolution | null;
  code: string;
}

/** A cooperative in a list. */
export type CooperativeRow = Cooperative & { area_name: string; last_visit_at: number | null };

/** A cooperative with its visits, newest first. */
export interface CooperativeFile {
  cooperative: Cooperative;
  area_name: string;
  coordinator_name: string | null;
  visits: readonly QueueRow[];
}

const query = (of: Readonly<Record<string, string | null | undefined>>) => {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(of)) if (value) search.set(key, value);
  return search.size > 0 ? `?${search}` : "";
};

type Filters = Readonly<Record<string, string | null | undefined>>;

export const areas = (signal?: AbortSignal) => get<{ areas: readonly Area[] }>("areas", signal);

/** Submitted records, oldest submission first. */
export const reviewQueue = (filters: Filters, signal?: AbortSignal) =>
  get<{ visits: readonly QueueRow[]; total: number }>(`review-queue${query(filters)}`, signal);

export const record = (visit: string, signal?: AbortSignal) => get<RecordPage>(`visits/${visit}`, signal);

/** The record as it was when it was approved. */
export const approvedRecord = (visit: string, signal?: AbortSignal) =>
  get<RecordPage>(`visits/${visit}/approved`, signal);

/** Decides on the record with these heads. */
export const review = (
  visit: string,
  decision: { heads: readonly ChangeHash[]; verdict: Verdict; comment: string; item_comments: Record<ItemId, string> },
) => post<RecordPage>(`visits/${visit}/reviews`, decision);

/** Picks one of the values of a field in conflict. */
export const pick = (visit: string, choice: { field: FieldRef; chosen: ChangeHash; heads: readonly ChangeHash[] }) =>
  post<RecordPage>(`visits/${visit}/picks`, choice);

const checklists = new Map<string, Promise<Checklist>>();

/** A checklist, such as `quality-2021@1`; it never changes, so it is asked for once. */
export function checklist(reference: string): Promise<Checklist> {
  const known = checklists.get(reference);
  if (known) return known;
  const asked = get<Checklist>(`checklists/${reference}`);
  checklists.set(reference, asked);
  asked.catch(() => checklists.delete(reference));
  return asked;
}

export const cooperatives = (filters: Filters, signal?: AbortSignal) =>
  get<{ cooperatives: readonly CooperativeRow[]; total: number }>(`cooperatives${query(filters)}`, signal);

export const cooperative = (id: string, signal?: AbortSignal) => get<CooperativeFile>(`cooperatives/${id}`, signal);

export const coverage = (filters: { period: string; area: string }, signal?: AbortSignal) =>
  get<Coverage>(`coverage${query(filters)}`, signal);

/** The cooperatives behind a figure; as many as the figure says. */
export const coverageList = (filters: { period: string; area: string; figure: Figure }, signal?: AbortSignal) =>
  get<{ cooperatives: readonly CoverageRow[]; total: number }>(`coverage/cooperatives${query(filters)}`, signal);

/** Phones and browsers, longest silence first. */
export const devices = (signal?: AbortSignal) => get<{ devices: readonly DeviceRow[] }>("devices", signal);

/** What was refused, the newest first: what is open, or what was resolved. */
export const quarantine = (state: "open" | "resolved", signal?: AbortSignal) =>
  get<{ parcels: readonly ParcelRow[] }>(`quarantine${query({ state })}`, signal);

const parcelPath = ({ visit, person, device }: Parcel) => `quarantine/${visit}/${person}/${device}`;

export const parcel = (of: Parcel, signal?: AbortSignal) => get<ParcelPage>(parcelPath(of), signal);

/** Everything of a parcel as a file. */
export async function parcelExport(of: Parcel): Promise<File> {
  const answer = await authorized(`/api/v1/${parcelPath(of)}/export`, { signal: AbortSignal.timeout(PATIENCE_MS) });
  if (!answer.ok) throw await Problem.of(answer);
  const called = /filename\*=UTF-8''([^;]+)/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1];
  return new File([await answer.blob()], called ? decodeURIComponent(called) : "quarantine.json");
}

/** Lets refused changes into their record, or decides that they stay out. */
export const decideParcel = (what: "release" | "dismiss", ids: readonly number[], reason: string) =>
  post<{ changes: readonly RefusedOutcome[] }>(`quarantine/${what}`, { ids, reason });

/** What only phones still remember, whatever it is of. */
export interface Hearsay {
  id: number;
  /** Names, from the first who told it. */
  told_by: readonly string[];
  told_at: number;
  /** Who dealt with it, and when. */
  settled: { person_name: string; at: number } | null;
}

/** Decisions on a visit that the server doesn't have. */
export interface LostDecisions extends Hearsay {
  visit: string;
  /** None where the server doesn't have the visit (yet). */
  cooperative_name: string | null;
  status: Status | null;
  decisions: readonly {
    verdict: Verdict;
    reviewer_name: string;
    at: number;
    comment: string;
    /** How many items had comments of their own. */
    item_comments: number;
  }[];
}

/** A row of the register that the server has otherwise, or not at all. */
export interface LostRow extends Hearsay {
  table: string;
  key: string;
  before: Readonly<Record<string, unknown>> | null;
  remembered: Readonly<Record<string, unknown>>;
}

/** What was written since a backup that was restored. */
export interface WrittenSince {
  restores: readonly {
    at: number;
    backup_made_at: number;
    backup_name: string;
    seq: number;
    /** So many entries of the log are gone at least. */
    lost_at_least: number | null;
  }[];
  /** How far a phone had followed this server's log, where that went back without a restore. */
  rolled_back: { seq: number; person_name: string; at: number } | null;
  decisions: readonly LostDecisions[];
  rows: readonly LostRow[];
}

export const remembered = (signal?: AbortSignal) => get<WrittenSince>("remembered", signal);

/** Marks as dealt with. */
export const settleRemembered = (ids: readonly number[]) => post<WrittenSince>("remembered/settled", { ids });

/** How things stand with backups; none where the server makes none by itself. */
export interface Backups {
  scheduled: { newest_at: number | null; failed_at: number | null; failed_because: string | null; due_at: number } | null;
}

export const backups = (signal?: AbortSignal) => get<Backups>("backups", signal);
