// When this phone talks to the server: when there is a network, when somebody looks, after a
// submission, at the press of a button; again and again with growing, scattered pauses after a failure.

import { signal } from "@preact/signals";

import { jitter } from "../core/chance";
import type { NotTaking } from "../core/door";
import { StorageFull } from "../data/store";
import { Problem, Unreachable } from "../problem";
import { sessionEnded } from "../session";
import type { Replica } from "./replica";
import { roundTrip, unsentChanges } from "./round-trip";

/** How things stand between this phone and the server. Being offline is a state, not an error. */
export type Contact =
  | { readonly is: "idle" }
  | { readonly is: "talking" }
  | { readonly is: "offline" }
  /** There is a network, but no answer; tried again by itself. */
  | { readonly is: "unreachable" }
  | { readonly is: "storage_full" }
  /** The server takes nothing new for now; what is written stays here, and is sent later by itself. */
  | { readonly is: "not_taking"; readonly why: NotTaking }
  /** The server said no. The code has its words. */
  | { readonly is: "refused"; readonly code: string }
  /** The app itself broke; tried again by itself. */
  | { readonly is: "failed" };

export const contact = signal<Contact>({ is: "idle" });

/** The pause after the first failure; after each further one it is twice as long. */
export const FIRST_PAUSE_MS = 5_000;
export const LONGEST_PAUSE_MS = 5 * 60_000;
/** While somebody looks, what others did arrives at least this often. */
const LOOKING_PAUSE_MS = 3 * 60_000;
/** What was written is sent once the thumb has rested this long. */
const RESTING_PAUSE_MS = 15_000;

/** Keeps one person's work and the server in touch until it is stopped. */
export class Talker {
  #failures = 0;
  /** Nothing is asked by itself before this moment of the page's life. */
  #restUntil = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #talking: Promise<void> | null = null;
  #again = false;
  #stopped = false;
  readonly #listening = new AbortController();

  constructor(private readonly replica: Replica) {
    const { signal } = this.#listening;
    addEventListener("online", () => this.#wake(), { signal });
    addEventListener("offline", () => (contact.value = { is: "offline" }), { signal });
    document.addEventListener("visibilitychange", () => this.#looked(), { signal });
    const forget = sessionEnded.subscribe((ended) => {
      if (!ended) this.talk();
    });
    signal.addEventListener("abort", forget);
    signal.addEventListener("abort", replica.summaries.subscribe(() => this.#written()));
  }

  /** Talks to the server now; while it is talking, once more afterwards. */
  talk(): void {
    if (this.#stopped) return;
    if (this.#talking) {
      this.#again = true;
      return;
    }
    clearTimeout(this.#timer);
    this.#talking = this.#talk().finally(() => {
      this.#talking = null;
      if (this.#again) {
        this.#again = false;
        this.talk();
      }
    });
  }

  /** Stops; what is being stored is stored first. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#listening.abort();
    clearTimeout(this.#timer);
    await this.#talking;
  }

  async #talk(): Promise<void> {
    if (sessionEnded.value) {
      contact.value = { is: "idle" };
      return;
    }
    if (!navigator.onLine) {
      contact.value = { is: "offline" };
      return;
    }
    contact.value = { is: "talking" };
    try {
      let trip;
      do trip = await roundTrip(this.replica, this.#listening.signal);
      while (trip.more && !this.#stopped);
      if (trip.notTaking) return this.#rest({ is: "not_taking", why: trip.notTaking });
      this.#failures = 0;
      contact.value = { is: "idle" };
      this.#talkIn(LOOKING_PAUSE_MS);
    } catch (error) {
      if (this.#stopped) return;
      if (sessionEnded.value) {
        contact.value = { is: "idle" };
        return;
      }
      const happened = whatHappened(error);
      this.#rest(happened, error instanceof Problem ? error.againAfterMs : 0);
      if (happened.is === "failed") throw error;
    }
  }

  /** Tries again later, not before the server asked to be asked again. */
  #rest(because: Contact, asked = 0): void {
    contact.value = because;
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** this.#failures, LONGEST_PAUSE_MS);
    this.#failures += 1;
    const rest = Math.max(asked, pause / 2) + jitter(pause / 2);
    if (asked > 0) this.#restUntil = performance.now() + asked;
    this.#talkIn(rest);
  }

  #talkIn(pause: number): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      if (document.visibilityState === "visible") this.talk();
    }, pause);
  }

  #written(): void {
    if (this.#talking || contact.peek().is !== "idle" || unsentChanges(this.replica) === 0) return;
    clearTimeout(this.#timer);
    this.#talkIn(RESTING_PAUSE_MS);
  }

  #looked(): void {
    if (document.visibilityState === "visible") this.#wake();
  }

  /** Talks, unless the server asked to be left alone for a while. */
  #wake(): void {
    if (performance.now() >= this.#restUntil) this.talk();
  }
}

function whatHappened(error: unknown): Contact {
  if (error instanceof StorageFull) return { is: "storage_full" };
  if (error instanceof Problem) {
    if (error.code === "overloaded" || error.code === "disk_full") return { is: "not_taking", why: error.code };
    return error.status >= 500 || error.status === 429 ? { is: "unreachable" } : { is: "refused", code: error.code };
  }
  if (!(error instanceof Unreachable)) return { is: "failed" };
  return navigator.onLine ? { is: "unreachable" } : { is: "offline" };
}
