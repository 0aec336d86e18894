// One round trip with the server: what has no receipt goes up, what others did comes down, and the
// reply is stored whole before the next one is asked for.

import { randomActor } from "../core/chance";
import { ask, CoreBroke } from "../core/client";
import { now } from "../core/clock";
import type { NotTaking, Taken } from "../core/door";
import { Problem, Unreachable } from "../problem";
import { authorized, person } from "../session";
import type { Replica } from "./replica";


/** The version of the app, as the office's list of devices shows it. */
export const APP_VERSION: string = __APP_VERSION__;

/** What one reply may hold, before compression. */
const PAGE_BYTES_MAX = 512 * 1024;
/** A weak link may take this long for one push of 256 KiB. */
const PATIENCE_MS = 120_000;

/**
 * Makes one round trip; tells whether another one has work to do, and why the server takes nothing in.
 * `stop` gives up waiting for the server.
 */
export async function roundTrip(replica: Replica, stop: AbortSignal): Promise<{ more: boolean; notTaking: NotTaking | null }> {
  const before = unsentChanges(replica);
  const body = await replica.store.turn(() => buildPush(replica));
  const reply = await exchange(body, replica.person, stop);
  return replica.store.turn(async () => {
    const fresh_actor = randomActor();
    const taken = await takeReply(replica, reply, fresh_actor);
    await replica.takeIn(taken);
    if (taken.renews_actor) replica.actor = fresh_actor;
    const after = unsentChanges(replica);
    const toTell = taken.heard > 0 && (await replica.remembered()).length > 0;
    return { more: taken.more || toTell || (after > 0 && after < before), notTaking: taken.not_taking };
  });
}

/** How many changes have no receipt. */
export const unsentChanges = (replica: Replica): number =>
  [...replica.summaries.value.values()].reduce((sum, summary) => sum + summary.unsent, 0);

async function buildPush(replica: Replica): Promise<Uint8Array> {
  const state = await replica.store.state();
  const asked = [...replica.summaries.value.values()].filter(({ unsent, attention }) => unsent + attention.length > 0);
  const records = await recordsOf(replica, asked.map((summary) => summary.visit));
  const areas = person.value?.roles.map((role) => role.area) ?? [];
  const remembered = await replica.remembered();
  const given = { state, areas, app: APP_VERSION, now: now(), page_bytes_max: PAGE_BYTES_MAX, remembered };
  return withoutBroken(replica, records, (sound) => ask("push", { ...given, records: sound }));
}

async function takeReply(replica: Replica, reply: Uint8Array, fresh_actor: string): Promise<Taken> {
  const state = await replica.store.state();
  const records = await recordsOf(replica, await ask("visits_in", { state, reply }));
  const given = { state, reply, person: replica.person, fresh_actor };
  return withoutBroken(replica, records, (sound) => ask("take", { ...given, records: sound }));
}

type Held = { readonly visit: string; readonly record: Uint8Array };

const recordsOf = (replica: Replica, visits: readonly string[]): Promise<readonly Held[]> =>
  replica.store.records(visits.filter((visit) => !replica.setAside.value.has(visit)));

/** Where the core breaks on several records, those that break it alone are set aside and the rest go on. */
async function withoutBroken<T>(
  replica: Replica,
  held: readonly Held[],
  work: (records: readonly Uint8Array[]) => Promise<T>,
): Promise<T> {
  try {
    return await work(held.map(({ record }) => record));
  } catch (error) {
    if (!(error instanceof CoreBroke)) throw error;
    const lines = await replica.summarize(held);
    const sound = held.filter((_, at) => lines[at]);
    for (const [at, { visit }] of held.entries()) if (!lines[at]) await replica.putAside(visit);
    if (sound.length === held.length) throw error;
    return work(sound.map(({ record }) => record));
  }
}

/** Sends in nobody's name but that of the person whose work it is. */
async function exchange(body: Uint8Array, of: string, stop: AbortSignal): Promise<Uint8Array> {
  const compressed = await deflate(body);
  if (person.value?.id !== of) throw new Unreachable();
  const answer = await authorized("/api/v1/sync", {
    method: "POST",
    headers: {
      "Content-Type": "application/cbor",
      "Content-Encoding": "deflate",
      Accept: "application/cbor",
    },
    body: compressed,
    signal: AbortSignal.any([stop, AbortSignal.timeout(PATIENCE_MS)]),
  });
  if (!answer.ok) throw await Problem.of(answer);
  const reply = await answer.arrayBuffer().catch(() => {
    throw new Unreachable();
  });
  return new Uint8Array(reply);
}

async function deflate(body: Uint8Array): Promise<ArrayBuffer> {
  const whole = new Blob([body as Uint8Array<ArrayBuffer>]);
  return new Response(whole.stream().pipeThrough(new CompressionStream("deflate"))).arrayBuffer();
}
