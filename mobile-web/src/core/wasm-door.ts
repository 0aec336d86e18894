// The core behind the door: the only place that imports the wasm and its generated bindings.

import type { Door, Reader, RecordSummary, RecordView, Refused, Taken, Writer, Written } from "./door";
import { initSync, Record, Round, checklist_json, due_visits } from "./wasm/sync_core";

/** Starts the compiled core and opens its door. */
export function openDoor(module: WebAssembly.Module): Door {
  initSync({ module });
  return {
    checklist: ({ reference }) => orNull(checklist_json(reference)),
    start: ({ visit, entropy, reader }) => closing(Record.start(JSON.stringify(visit), entropy), written(reader)),
    join: ({ visit, code, reader }) => {
      const joined = codeOr(() => Record.join(JSON.stringify(visit), code));
      return typeof joined === "string" ? { refused: joined } : closing(joined, written(reader));
    },
    apply: ({ record, commands, writer, reader }) =>
      change(record, reader, (open) => open.apply(...by(reader, writer), JSON.stringify(commands))),
    reenter: ({ record, change: refused, writer, reader }) =>
      change(record, reader, (open) => open.reenter(...by(reader, writer), refused)),
    dismiss: ({ record, change: refused, reader }) =>
      closing(Record.open(record), (open) => {
        open.dismiss(refused);
        return written(reader)(open);
      }),
    view: ({ record, reader }) => closing(Record.open(record), view(reader)),
    summaries: ({ person, records }) =>
      records.map(({ record, reviews }) =>
        readable(() => closing(Record.open(record), summary({ person, reviews })))),
    due: ({ cooperatives, rules, visits, now }) =>
      JSON.parse(due_visits(JSON.stringify(cooperatives), JSON.stringify(visits), rules, now)),
    push: ({ state, areas, records, app, now, page_bytes_max, remembered }) =>
      closing(new Round(state ?? undefined), (round) => {
        round.grant(JSON.stringify(areas));
        for (const record of records) round.add(record);
        return round.push(app, now, page_bytes_max, JSON.stringify(remembered));
      }),
    visits_in: ({ state, reply }) =>
      closing(new Round(state ?? undefined), (round) => JSON.parse(round.visits_in(reply))),
    take: ({ state, reply, records, person, fresh_actor }) => {
      const round = new Round(state ?? undefined);
      for (const record of records) round.add(record);
      return closing(round.take(reply, person, fresh_actor), (taken) => {
        const words = JSON.parse(taken.words()) as TakenWords;
        const put = words.put.map((visit, at) => ({ visit, record: taken.record(at) ?? missing(visit) }));
        return { ...words, deleted: words.delete, put, state: taken.state() };
      });
    },
  };
}

/** What `Taken.words` of the core holds. */
type TakenWords = Omit<Taken, "put" | "deleted" | "state"> & {
  put: readonly string[];
  delete: readonly string[];
};

const orNull = <T>(json: string | undefined): T | null => (json === undefined ? null : (JSON.parse(json) as T));

const by = (reader: Reader, writer: Writer): [string, string, number] => [reader.person, writer.actor, writer.now];

const view = (reader: Reader) => (open: Record): RecordView =>
  JSON.parse(open.view(reader.person, JSON.stringify(reader.reviews)));

const summary = (reader: Reader) => (open: Record): RecordSummary =>
  JSON.parse(open.summary(reader.person, JSON.stringify(reader.reviews)));

const written = (reader: Reader) => (open: Record): Written => ({ record: open.bytes(), view: view(reader)(open) });

function change(
  record: Uint8Array,
  reader: Reader,
  work: (open: Record) => string | undefined,
): Written | Refused {
  return closing(Record.open(record), (open) => {
    const refused = work(open);
    return refused === undefined ? written(reader)(open) : { refused };
  });
}

/** Memory of the wasm is given back by hand. */
function closing<H extends { free(): void }, T>(handle: H, work: (handle: H) => T): T {
  try {
    return work(handle);
  } finally {
    handle.free();
  }
}

/** Null for bytes that the core can't read; a trap passes. */
function readable<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) throw error;
    return null;
  }
}

/** The core throws the problem of a joining code as a string. */
function codeOr<T>(work: () => T): T | string {
  try {
    return work();
  } catch (error) {
    if (typeof error === "string") return error;
    throw error;
  }
}

function missing(visit: string): never {
  throw new Error(`BUG: an answer names visit ${visit} without its bytes`);
}
