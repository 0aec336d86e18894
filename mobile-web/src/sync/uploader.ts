// When this phone sends evidence: while the app is open, one file after the other, after a contact with the
// server or as soon as there is a network; again and again with growing, scattered pauses after a failure.
// A file that the server refuses waits for the person, and the others go on.
import { effect, signal } from "@preact/signals";

import { jitter } from "../core/chance";
import type { NotTaking } from "../core/door";
import { StorageFull } from "../data/store";
import { Problem, Unreachable } from "../problem";
import { lookUpPerson, sessionEnded } from "../session";
import { contact, FIRST_PAUSE_MS, LONGEST_PAUSE_MS } from "./contact";
import type { Evidence, KeptFile } from "./evidence";
import { send } from "./tus";

/** How sending evidence stands. */
export type Carrying =
  | { readonly is: "idle" }
  /** One file is on its way. */
  | { readonly is: "sending"; readonly evidence: string; readonly sent: number; readonly of: number }
  /** The person wants to send over Wi-Fi only, and there is none, or the browser doesn't say. */
  | { readonly is: "waiting_for_wifi" }
  | { readonly is: "offline" }
  /** There is a network but no answer; tried again by itself. */
  | { readonly is: "unreachable" }
  | { readonly is: "not_taking"; readonly why: NotTaking };

const KEPT_AS = "xunfang.wifi_only";

/** Whether evidence is sent over Wi-Fi only, as the person chose on this phone. */
export const wifiOnly = signal(localStorage.getItem(KEPT_AS) === "yes");
effect(() => localStorage.setItem(KEPT_AS, wifiOnly.value ? "yes" : "no"));

/** The Network Information API, where a browser has it. */
type Connection = EventTarget & { readonly type?: string };
const connection = (navigator as Navigator & { connection?: Connection }).connection;

/** Whether the browser says which kind of line it is on. */
export const knowsWifi = connection?.type !== undefined;

/** Whether this line is one for which nobody pays by the byte; a browser that doesn't say may be on any. */
const onWifi = (): boolean => connection?.type === "wifi" || connection?.type === "ethernet";

/** Answers that say nothing about the file: it is sent again later. */
const PASSING: ReadonlySet<number> = new Set([401, 408, 409, 423, 425, 429]);

/** Sends one person's evidence until it is stopped. */
export class Uploader {
  readonly carrying = signal<Carrying>({ is: "idle" });
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #working = false;
  #again = false;
  readonly #stop: AbortSignal;

  constructor(
    private readonly evidence: Evidence,
    stop: AbortSignal,
  ) {
    this.#stop = stop;
    const wake = (): void => void this.work();
    addEventListener("online", wake, { signal: stop });
    addEventListener("offline", wake, { signal: stop });
    connection?.addEventListener("change", wake, { signal: stop });
    document.addEventListener("visibilitychange", wake, { signal: stop });
    const forget = effect(() => {
      void [wifiOnly.value, this.evidence.files.value.size];
      if (contact.value.is === "idle" && !sessionEnded.value) queueMicrotask(wake);
    });
    stop.addEventListener("abort", () => {
      forget();
      clearTimeout(this.#timer);
    });
  }

  /** The files that the server doesn't have, the oldest first. */
  waiting(): readonly (readonly [evidence: string, file: KeptFile])[] {
    return [...this.evidence.files.value]
      .filter(([, file]) => file.sent_at === null && !file.refused)
      .sort(([, a], [, b]) => a.added.file.taken_at - b.added.file.taken_at);
  }

  /** Sends what waits, now; `anyway` over whatever line there is. */
  async work(anyway = false): Promise<void> {
    if (this.#working) {
      this.#again = true;
      return;
    }
    if (this.#stop.aborted || sessionEnded.value) return;
    clearTimeout(this.#timer);
    this.#again = false;
    this.#working = true;
    try {
      this.carrying.value = await this.#sendAll(anyway);
    } finally {
      this.#working = false;
    }
    if (this.carrying.value.is === "unreachable" || this.carrying.value.is === "not_taking") return;
    if (this.#again) void this.work(anyway);
  }

  async #sendAll(anyway: boolean): Promise<Carrying> {
    let later: Carrying | null = null;
    const tried = new Set<string>();
    for (;;) {
      const next = this.waiting().find(([id]) => !tried.has(id));
      if (!next || this.#stop.aborted) break;
      if (!navigator.onLine) return { is: "offline" };
      if (wifiOnly.value && !anyway && !onWifi()) return { is: "waiting_for_wifi" };
      tried.add(next[0]);
      try {
        await this.#sendOne(...next);
        this.#failures = 0;
      } catch (error) {
        later = this.#failed(next[0], error);
        if (later?.is === "offline" || later?.is === "not_taking") break;
        if (error instanceof Unreachable || (error instanceof Problem && error.status === 401)) break;
      }
    }
    if (later) this.#rest(later);
    return later ?? { is: "idle" };
  }

  async #sendOne(evidence: string, { visit, added, address }: KeptFile): Promise<void> {
    const bytes = await this.evidence.bytes(evidence);
    if (!bytes) throw new Problem(410, "bytes_missing", undefined, {}, 0);
    const { sha256, media_type, name } = added.file;
    const of = bytes.size;
    this.carrying.value = { is: "sending", evidence, sent: 0, of };
    const sending = {
      bytes,
      metadata: { visit, evidence, sha256, media_type, name },
      person: this.evidence.replica.person,
      address,
      onAddress: (given: string) => void this.evidence.addressed(evidence, given),
      onProgress: (sent: number) => (this.carrying.value = { is: "sending", evidence, sent, of }),
      stop: this.#stop,
    };
    try {
      await send(sending);
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 401) throw error;
      // Asking who is signed in renews the sign-in.
      await lookUpPerson();
      await send(sending);
    }
    await this.evidence.sent(evidence);
  }

  /** What a failure means: null where the file was refused and the others go on. */
  #failed(evidence: string, error: unknown): Carrying | null {
    if (this.#stop.aborted || sessionEnded.value) return { is: "idle" };
    if (error instanceof StorageFull) return { is: "unreachable" };
    if (error instanceof Unreachable) return navigator.onLine ? { is: "unreachable" } : { is: "offline" };
    if (!(error instanceof Problem)) throw error;
    if (error.code === "overloaded" || error.code === "disk_full") return { is: "not_taking", why: error.code };
    if (error.status >= 500 || PASSING.has(error.status)) return { is: "unreachable" };
    void this.evidence.refuse(evidence, error.code);
    return null;
  }

  /** Tries again later. */
  #rest(because: Carrying): void {
    if (because.is !== "unreachable" && because.is !== "not_taking") return;
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** this.#failures, LONGEST_PAUSE_MS);
    this.#failures += 1;
    this.#timer = setTimeout(() => void this.work(), pause / 2 + jitter(pause / 2));
  }
}
