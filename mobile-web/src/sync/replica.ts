// What this phone holds of one person's work: every change goes through the core and is on the disk
// before anybody is told that it is saved.

import { batch, signal } from "@preact/signals";

import { entropy, randomActor } from "../core/chance";
import { ask, CoreBroke } from "../core/client";
import { now } from "../core/clock";
import type { DueVisit, NewVisit, Reader, RecordSummary, RegisterRow, RecordView, Refused as RefusedByCore, Taken, Writer, Written } from "../core/door";
import { Store, type StoredRow } from "../data/store";
import type { Area, Command, Cooperative, Review } from "../shapes";

/** The checklist with which this build starts visits. */
const CHECKLIST = "quality-2021@1";

/** The core did not carry a command out; nothing has changed. The code has its words. */
export class Refused extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}

/** Where a visit goes: to a cooperative of the register, or, by name, to one that isn't in it yet. */
export type Place = Omit<NewVisit, "checklist">;

/** One person's work on this phone, opened for writing. */
export class Replica {
  /** Fresh each time: two openings never write under one name. */
  actor = randomActor();

  readonly summaries = signal<ReadonlyMap<string, RecordSummary>>(new Map());
  readonly cooperatives = signal<ReadonlyMap<string, Cooperative>>(new Map());
  readonly areas = signal<ReadonlyMap<string, Area>>(new Map());
  /** The patrol rules as JSON; null before they arrived. */
  readonly rules = signal<string | null>(null);
  /** Names by person id. */
  readonly people = signal<Readonly<Record<string, string>>>({});
  /** When the server last answered, by this phone's clock. */
  readonly lastContactAt = signal<number | null>(null);
  /** Visits on whose bytes the core broke: kept as they are, left out of everything else. */
  readonly setAside = signal<ReadonlySet<string>>(new Set());

  #reviews: ReadonlyMap<string, readonly Review[]> = new Map();

  private constructor(
    readonly person: string,
    readonly store: Store,
  ) {}

  /** Opens a person's work; asks nobody but the phone. */
  static async open(person: string): Promise<Replica> {
    const replica = new Replica(person, new Store(person));
    await replica.#load();
    await replica.#enterDrafts();
    return replica;
  }

  async #load(): Promise<void> {
    const { store } = this;
    const [summaries, cooperatives, areas, rules, reviews, people, contact, aside] = await Promise.all([
      store.summaries(),
      store.rows("cooperatives"),
      store.rows("areas"),
      store.rows("patrol_rules"),
      store.rows("reviews"),
      store.meta<Readonly<Record<string, string>>>("people"),
      store.meta<number>("last_contact"),
      store.meta<readonly string[]>("set_aside"),
    ]);
    this.#reviews = parsed(reviews);
    batch(() => {
      this.summaries.value = parsed(summaries);
      this.cooperatives.value = parsed(cooperatives);
      this.areas.value = parsed(areas);
      this.rules.value = rules.get("current") ?? null;
      this.people.value = people ?? {};
      this.lastContactAt.value = contact;
      this.setAside.value = new Set(aside);
    });
  }

  /** Keeps what is being typed: not yet a change, but there at the next opening if the phone dies. */
  keepDraft(visit: string, command: Command): Promise<void> {
    return this.store.write({ meta: { drafts: [{ visit, command }] } });
  }

  /** Forgets what was being typed, once it is part of the record. */
  forgetDrafts(): Promise<void> {
    return this.store.write({ meta: { drafts: [] } });
  }

  async #enterDrafts(): Promise<void> {
    const drafts = (await this.store.meta<readonly { visit: string; command: Command }[]>("drafts")) ?? [];
    for (const { visit, command } of drafts) await this.apply(visit, [command]).catch(refusedOrBroken);
    if (drafts.length > 0) await this.forgetDrafts();
  }

  /** Closes the person's work. */
  close(): Promise<void> {
    return this.store.close();
  }

  /** The supervisor's decisions about a visit, oldest first. */
  reviews(visit: string): readonly Review[] {
    return this.#reviews.get(visit) ?? [];
  }

  /** Who reads a visit's record here. */
  reader(visit: string): Reader {
    return { person: this.person, reviews: this.reviews(visit) };
  }

  #writer(): Writer {
    return { actor: this.actor, now: now() };
  }

  /** Starts a visit and carries out its first commands; tells its id. */
  async start(place: Place, commands: readonly Command[]): Promise<string> {
    const visit = { ...place, checklist: CHECKLIST };
    const { record, view } = await ask("start", { visit, entropy: entropy(), reader: this.reader("") });
    await this.store.turn(() => this.#carryOut(view.summary.visit, record, [{ command: "join" }, ...commands]));
    return view.summary.visit;
  }

  /** Joins a visit by the code that somebody there reads out; tells its id. Throws {@link Refused}. */
  async join(place: Place, code: string): Promise<string> {
    const visit = { ...place, checklist: CHECKLIST };
    const { record, view } = done(await ask("join", { visit, code, reader: this.reader("") }));
    const id = view.summary.visit;
    await this.store.turn(async () => {
      if (this.summaries.value.get(id)?.present.includes(this.person)) return;
      await this.#carryOut(id, (await this.store.record(id)) ?? record, [{ command: "join" }]);
    });
    return id;
  }

  /** Carries out all the commands or none; afterwards they are saved on this phone. Throws {@link Refused}. */
  apply(visit: string, commands: readonly Command[]): Promise<RecordView> {
    return this.store.turn(async () => this.#carryOut(visit, await this.#held(visit), commands));
  }

  #carryOut(visit: string, record: Uint8Array, commands: readonly Command[]): Promise<RecordView> {
    const given = { record, commands, writer: this.#writer(), reader: this.reader(visit) };
    return this.#keep(visit, () => ask("apply", given));
  }

  /** Enters again what the server refused. Throws {@link Refused}. */
  reenter(visit: string, change: string): Promise<RecordView> {
    return this.store.turn(async () => {
      const given = { record: await this.#held(visit), change, writer: this.#writer(), reader: this.reader(visit) };
      return this.#keep(visit, () => ask("reenter", given));
    });
  }

  /** Puts away what the server refused; the office keeps it. */
  dismiss(visit: string, change: string): Promise<RecordView> {
    return this.store.turn(async () => {
      const given = { record: await this.#held(visit), change, reader: this.reader(visit) };
      return this.#keep(visit, () => ask("dismiss", given));
    });
  }

  /** What a record says; null where it has just left this phone, as a sync may ask. Throws {@link CoreBroke}. */
  view(visit: string): Promise<RecordView | null> {
    return this.store.turn(async () => {
      const record = await this.store.record(visit);
      return record ? this.#guard(visit, () => ask("view", { record, reader: this.reader(visit) })) : null;
    });
  }

  /** The visits that the patrol rules ask for, the most pressing first. */
  async due(): Promise<readonly DueVisit[]> {
    if (this.rules.value === null) return [];
    return ask("due", {
      cooperatives: [...this.cooperatives.value.values()],
      rules: this.rules.value,
      visits: [...this.summaries.value.values()].map((summary) => summary.facts).filter((facts) => facts !== null),
      now: now(),
    });
  }

  /** Rows from a log that the server has lost, still to be told to it. */
  async remembered(): Promise<readonly StoredRow[]> {
    return (await this.store.meta<readonly StoredRow[]>("remembered")) ?? [];
  }

  /** Stores what a reply said, all in one transaction. Only within a turn of the store. */
  async takeIn(taken: Taken): Promise<void> {
    const lost = taken.lost_after === null ? [] : await this.store.rowsAfter(taken.lost_after);
    const remembered = [...(await this.remembered()).slice(taken.heard), ...lost];
    // A decision that the server no longer has is none, and a file that it doesn't list has not arrived; older
    // ones come back with the comparison.
    const undone = lost.filter(({ table }) => table === "reviews" || table === "evidence_arrived").map((row) => ({ ...row, value: null }));
    const rows = [...undone, ...taken.rows, ...this.#rowsOfEnded(taken)];
    const reviews = withRows(this.#reviews, rows.filter((row) => row.table === "reviews"));
    const people = { ...this.people.value, ...taken.people };
    const contactAt = now();
    const touched = [...(await this.#touched(taken, rows))].map(([visit, record]) => ({ visit, record }));
    const summaries = await this.summarize(touched, reviews);
    const put = touched.flatMap((one, at) => {
      const summary = summaries[at];
      return summary ? [{ ...one, summary }] : [];
    });
    const broken = touched.filter((_, at) => !summaries[at]).map(({ visit }) => visit);
    const deleted = taken.deleted.filter((visit) => !this.setAside.value.has(visit));
    const setAside = new Set([...this.setAside.value, ...taken.set_aside, ...broken]);
    await this.store.write({
      put,
      deleted,
      rows,
      state: taken.state,
      meta: { people, last_contact: contactAt, set_aside: [...setAside], remembered },
    });
    this.#reviews = reviews;
    batch(() => {
      this.people.value = people;
      this.lastContactAt.value = contactAt;
      this.setAside.value = setAside;
      if (put.length + deleted.length > 0) {
        const summaries = new Map(this.summaries.value);
        for (const { visit, summary } of put) summaries.set(visit, summary);
        for (const visit of deleted) summaries.delete(visit);
        this.summaries.value = summaries;
      }
      this.cooperatives.value = withRows(this.cooperatives.value, rows.filter((row) => row.table === "cooperatives"));
      this.areas.value = withRows(this.areas.value, rows.filter((row) => row.table === "areas"));
      this.rules.value = rows.findLast((row) => row.table === "patrol_rules")?.value ?? this.rules.value;
    });
  }

  /** A line about each record; null for one whose bytes the core can't read. */
  async summarize(
    held: readonly { visit: string; record: Uint8Array }[],
    reviews: ReadonlyMap<string, readonly Review[]> = this.#reviews,
  ): Promise<readonly (RecordSummary | null)[]> {
    const lines = (of: typeof held) =>
      ask("summaries", {
        person: this.person,
        records: of.map(({ visit, record }) => ({ record, reviews: reviews.get(visit) ?? [] })),
      });
    try {
      return await lines(held);
    } catch (error) {
      if (!(error instanceof CoreBroke)) throw error;
      // One of them traps the core: which one shows only one by one.
      const alone = held.map((one) => lines([one]).then(([line]) => line ?? null, notReadable));
      return Promise.all(alone);
    }
  }

  /**
   * The records whose line may read differently now: those that changed, and those newly reviewed. The bytes
   * of one set aside stay as they are, whatever arrives.
   */
  async #touched(taken: Taken, rows: readonly RegisterRow[]): Promise<Map<string, Uint8Array>> {
    const put = taken.put.filter(({ visit }) => !this.setAside.value.has(visit));
    const touched = new Map(put.map(({ visit, record }) => [visit, record]));
    const reviewed = rows
      .filter(({ table, key }) => table === "reviews" && !touched.has(key) && !this.setAside.value.has(key))
      .map(({ key }) => key);
    for (const { visit, record } of await this.store.records(reviewed)) touched.set(visit, record);
    return touched;
  }

  /** The rows that go because they lie in areas no longer granted; those that records here are of stay. */
  #rowsOfEnded({ ended, granted, deleted }: Taken): RegisterRow[] {
    if (ended.length === 0) return [];
    const gone = (area: string): boolean =>
      ended.some((prefix) => area.startsWith(prefix)) && !granted.some((prefix) => area.startsWith(prefix));
    const left = [...this.summaries.value.values()].filter(({ visit }) => !deleted.includes(visit));
    const named = new Set(left.map(({ cooperative }) => cooperative));
    return [...this.cooperatives.value.values()]
      .filter(({ id, area }) => gone(area) && !named.has(id))
      .map(({ id }) => ({ table: "cooperatives", key: id, seq: 0, value: null }));
  }

  /** Leaves a record out of everything else from now on, its bytes untouched. */
  async putAside(visit: string): Promise<void> {
    const setAside = new Set([...this.setAside.value, visit]);
    await this.store.write({ meta: { set_aside: [...setAside] } });
    this.setAside.value = setAside;
  }

  async #held(visit: string): Promise<Uint8Array> {
    const record = await this.store.record(visit);
    if (!record) throw new Error(`no record of visit ${visit} on this phone`);
    return record;
  }

  async #guard<T>(visit: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof CoreBroke) await this.putAside(visit);
      throw error;
    }
  }

  async #keep(visit: string, work: () => Promise<Written | RefusedByCore>): Promise<RecordView> {
    const { record, view } = done(await this.#guard(visit, work));
    await this.store.write({ put: [{ visit, record, summary: view.summary }] });
    this.summaries.value = new Map(this.summaries.value).set(visit, view.summary);
    return view;
  }
}

function done(outcome: Written | RefusedByCore): Written {
  if ("refused" in outcome) throw new Refused(outcome.refused);
  return outcome;
}

function refusedOrBroken(error: unknown): void {
  if (!(error instanceof Refused) && !(error instanceof CoreBroke)) throw error;
}

function notReadable(error: unknown): null {
  if (error instanceof CoreBroke) return null;
  throw error;
}

const parsed = <T>(rows: ReadonlyMap<string, string>): ReadonlyMap<string, T> =>
  new Map([...rows].map(([key, json]) => [key, JSON.parse(json) as T]));

function withRows<T>(
  known: ReadonlyMap<string, T>,
  rows: readonly { key: string; value: string | null }[],
): ReadonlyMap<string, T> {
  if (rows.length === 0) return known;
  const next = new Map(known);
  for (const { key, value } of rows) {
    if (value === null) next.delete(key);
    else next.set(key, JSON.parse(value) as T);
  }
  return next;
}
