// One person's work on this phone, in IndexedDB: records, a line about each, rows of the register, and
// where the phone stands with the server. What belongs together is written in one strict transaction,
// and a write has happened only when that transaction is complete.

import { openDB, type DBSchema, type IDBPDatabase } from "idb";

import { seal, sealJson, unseal, unsealJson, type Sealed } from "./seal";

/** Keys of single values. */
export type MetaKey =
  /** Bytes the core keeps about cursors and grants. */
  | "state"
  /** Names by person id. */
  | "people"
  /** When the server last answered. */
  | "last_contact"
  /** Visits on whose bytes the core broke. */
  | "set_aside"
  /** What is being typed, and not yet part of a record. */
  | "drafts"
  /** Rows from a log that the server has lost, to be told to it. */
  | "remembered";

/** A row of the register, as JSON, with its position in the server's log. */
export interface StoredRow {
  readonly table: string;
  readonly key: string;
  readonly seq: number;
  readonly value: string;
}

interface PersonSchema extends DBSchema {
  records: { key: string; value: Sealed };
  summaries: { key: string; value: Sealed };
  rows: { key: [table: string, key: string]; value: { seq: number; row: Sealed } };
  meta: { key: MetaKey; value: Sealed };
}

/** What is written together. */
export type Writing = {
  readonly put?: readonly { readonly visit: string; readonly record: Uint8Array; readonly summary: unknown }[];
  readonly deleted?: readonly string[];
  /** Rows of the register as JSON, in the order in which the server told them; null for one that is gone. */
  readonly rows?: readonly (Omit<StoredRow, "value"> & { readonly value: string | null })[];
  /** The core's bytes about cursors and grants. */
  readonly state?: Uint8Array;
  readonly meta?: Readonly<Partial<Record<Exclude<MetaKey, "state">, unknown>>>;
};

/** The phone has no room; nothing of this write has happened, and everything before it is untouched. */
export class StorageFull extends Error {}

/** Whether a write failed because the phone has no room. */
export const isFull = (error: unknown): boolean =>
  error instanceof DOMException && error.name === "QuotaExceededError";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const pairs = (keys: readonly string[], values: readonly Uint8Array[]): ReadonlyMap<string, string> =>
  new Map(keys.map((key, at) => [key, decoder.decode(values[at])]));

/** One person's database. Only the tab that holds the writer's lock opens it. */
export class Store {
  #database: Promise<IDBPDatabase<PersonSchema>> | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(readonly person: string) {}

  #open(): Promise<IDBPDatabase<PersonSchema>> {
    this.#database ??= openDB<PersonSchema>(`xunfang-${this.person}`, 1, {
      upgrade(db) {
        db.createObjectStore("records");
        db.createObjectStore("summaries");
        db.createObjectStore("rows");
        db.createObjectStore("meta");
      },
      terminated: () => (this.#database = null),
    });
    return this.#database;
  }

  /** Closes the database, after whoever has the turn. */
  close(): Promise<void> {
    return this.turn(async () => {
      (await this.#database)?.close();
      this.#database = null;
    });
  }

  /** Reads, decides and writes with nobody else in between. */
  turn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  /** A record's bytes. */
  async record(visit: string): Promise<Uint8Array | null> {
    const sealed = await (await this.#open()).get("records", visit);
    return sealed ? unseal(sealed) : null;
  }

  /** Those of these visits' records that are here, read at once. */
  async records(visits: readonly string[]): Promise<readonly { visit: string; record: Uint8Array }[]> {
    const { store } = (await this.#open()).transaction("records");
    const sealed = await Promise.all(visits.map((visit) => store.get(visit)));
    const held = await Promise.all(
      sealed.map(async (bytes, at) => (bytes ? [{ visit: visits[at] ?? "", record: await unseal(bytes) }] : [])),
    );
    return held.flat();
  }

  /** The line about every record, as JSON by visit. */
  async summaries(): Promise<ReadonlyMap<string, string>> {
    const { store } = (await this.#open()).transaction("summaries");
    const [visits, sealed] = await Promise.all([store.getAllKeys(), store.getAll()]);
    return pairs(visits, await Promise.all(sealed.map(unseal)));
  }

  /** Every row of one table of the register, as JSON by key. */
  async rows(table: string): Promise<ReadonlyMap<string, string>> {
    const range = IDBKeyRange.bound([table, ""], [table, "\uffff"]);
    const { store } = (await this.#open()).transaction("rows");
    const [keys, rows] = await Promise.all([store.getAllKeys(range), store.getAll(range)]);
    return pairs(keys.map(([, key]) => key), await Promise.all(rows.map(({ row }) => unseal(row))));
  }

  /** The rows that stand after a position of the server's log. */
  async rowsAfter(position: number): Promise<readonly StoredRow[]> {
    const { store } = (await this.#open()).transaction("rows");
    const [keys, rows] = await Promise.all([store.getAllKeys(), store.getAll()]);
    const after = rows.flatMap(({ seq, row }, at) => (seq > position ? [{ at: keys[at] ?? ["", ""], seq, row }] : []));
    return Promise.all(
      after.map(async ({ at: [table, key], seq, row }) => ({ table, key, seq, value: decoder.decode(await unseal(row)) })),
    );
  }

  /** The core's bytes about cursors and grants; none before the first contact. */
  async state(): Promise<Uint8Array | null> {
    const sealed = await (await this.#open()).get("meta", "state");
    return sealed ? unseal(sealed) : null;
  }

  /** A single value. */
  async meta<T>(key: Exclude<MetaKey, "state">): Promise<T | null> {
    const sealed = await (await this.#open()).get("meta", key);
    return sealed ? unsealJson<T>(sealed) : null;
  }

  /** Writes all of it or nothing; afterwards it is on the phone's disk. Throws {@link StorageFull}. */
  async write(writing: Writing): Promise<void> {
    const put = await Promise.all(
      (writing.put ?? []).map(async ({ visit, record, summary }) => ({
        visit,
        record: await seal(record),
        summary: await sealJson(summary),
      })),
    );
    const rows = await Promise.all(
      (writing.rows ?? []).map(async ({ table, key, seq, value }) => ({
        at: [table, key] as [string, string],
        row: value === null ? null : { seq, row: await seal(encoder.encode(value)) },
      })),
    );
    const meta = await Promise.all(
      Object.entries(writing.meta ?? {}).map(
        async ([key, value]) => [key as MetaKey, await sealJson(value)] as const,
      ),
    );
    const state = writing.state && (await seal(writing.state));

    const db = await this.#open();
    const stores = ["records", "summaries", "rows", "meta"] as const;
    const transaction = db.transaction(stores, "readwrite", { durability: "strict" });
    const of = {
      records: transaction.objectStore("records"),
      summaries: transaction.objectStore("summaries"),
      rows: transaction.objectStore("rows"),
      meta: transaction.objectStore("meta"),
    };
    const asked: Promise<unknown>[] = [];
    try {
      for (const { visit, record, summary } of put) {
        asked.push(of.records.put(record, visit), of.summaries.put(summary, visit));
      }
      for (const visit of writing.deleted ?? []) {
        asked.push(of.records.delete(visit), of.summaries.delete(visit));
      }
      for (const { at, row } of rows) asked.push(row ? of.rows.put(row, at) : of.rows.delete(at));
      for (const [key, value] of meta) asked.push(of.meta.put(value, key));
      if (state) asked.push(of.meta.put(state, "state"));
      await Promise.all([...asked, transaction.done]);
    } catch (error) {
      const reason = isFull(error) || isFull(transaction.error) ? new StorageFull() : error;
      await abandon(transaction, asked);
      throw reason;
    }
  }
}

/** Takes back what the transaction has written: a failed request does that by itself, anything else that
 * goes wrong before the end does not. Answers once everything asked of it has come to an end. */
export async function abandon(
  transaction: { abort(): void; readonly done: Promise<void> },
  asked: readonly Promise<unknown>[],
): Promise<void> {
  try {
    transaction.abort();
  } catch {
    // It has ended already.
  }
  await Promise.allSettled([...asked, transaction.done]);
}
