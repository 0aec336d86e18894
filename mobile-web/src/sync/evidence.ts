// What this phone holds of one person's evidence: the bytes first, then the words about them in the record,
// so that no record names bytes that nobody has; and what became of each file on its way to the server.
import { effect, signal } from "@preact/signals";

import { CoreBroke } from "../core/client";
import { now } from "../core/clock";
import { EvidenceStore } from "../data/evidence-store";
import { StorageFull } from "../data/store";
import type { Command } from "../shapes";
import { Refused, type Replica } from "./replica";

/** The command that puts evidence into a record. */
export type AddEvidence = Extract<Command, { command: "add_evidence" }>;

/** What is known of a file that is kept here. */
export interface KeptFile {
  readonly visit: string;
  /** What the record says of it. */
  readonly added: AddEvidence;
  /** The record says it, on this phone's disk. */
  readonly entered: boolean;
  /** Where the server wants its bytes; null before it was asked. */
  readonly address: string | null;
  /** When the server said that it has it whole; null where it didn't. */
  readonly sent_at: number | null;
  /** Since then the server's own list has named it. */
  readonly named: boolean;
  /** Why it was not taken: by the server, or by its record on this phone. */
  readonly refused: { readonly by: "server" | "record"; readonly code: string; readonly at: number } | null;
}

/** So long after its receipt a file stays, because the server may be restored to what it was before. */
const KEPT_AFTER_RECEIPT_MS = 30 * 86_400_000;
/** A receipt that the server's list doesn't bear out within so long is asked for again. */
const BORNE_OUT_WITHIN_MS = 60 * 60_000;

/** One person's evidence on this phone. */
export class Evidence {
  /** The files kept here, by evidence id. */
  readonly files = signal<ReadonlyMap<string, KeptFile>>(new Map());
  /** What the server says has arrived, by visit. */
  readonly arrived = signal<ReadonlyMap<string, ReadonlySet<string>>>(new Map());
  readonly #store: EvidenceStore<KeptFile>;
  readonly #forget: () => void;

  private constructor(
    readonly replica: Replica,
    store: EvidenceStore<KeptFile>,
  ) {
    this.#store = store;
    this.#forget = effect(() => {
      void replica.lastContactAt.value;
      void this.#hear();
    });
  }

  /** Opens a person's evidence, and enters into its record what a dying phone had kept but not entered. */
  static async open(replica: Replica): Promise<Evidence> {
    const store = new EvidenceStore<KeptFile>(replica.person);
    const evidence = new Evidence(replica, store);
    evidence.files.value = await store.files();
    await evidence.#hear();
    for (const [id, file] of evidence.files.value) if (!file.entered && !file.refused) await evidence.#enter(id);
    return evidence;
  }

  /** Closes it. */
  async close(): Promise<void> {
    this.#forget();
    await this.#store.close();
  }

  /** Keeps a file and enters it into its record; afterwards both are on the phone's disk. Throws {@link StorageFull}
   * and {@link Refused}, and keeps neither. */
  async add(visit: string, added: AddEvidence, bytes: Uint8Array, thumbnail: Uint8Array | null): Promise<void> {
    const about: KeptFile = { visit, added, entered: false, address: null, sent_at: null, named: false, refused: null };
    await this.#store.keep({ evidence: added.evidence, about, bytes, thumbnail });
    try {
      await this.replica.apply(visit, [added]);
    } catch (error) {
      await this.#store.remove([added.evidence]);
      throw error;
    }
    await this.#note(added.evidence, { ...about, entered: true });
  }

  async #enter(evidence: string): Promise<void> {
    const file = this.files.value.get(evidence);
    if (!file) return;
    try {
      await this.replica.apply(file.visit, [file.added]);
    } catch (error) {
      if (error instanceof StorageFull || error instanceof CoreBroke) return;
      if (!(error instanceof Refused)) throw error;
      // Its id is taken where the record says it already.
      if (error.code !== "id_taken") {
        return this.#note(evidence, { ...file, refused: { by: "record", code: error.code, at: now() } });
      }
    }
    await this.#note(evidence, { ...file, entered: true });
  }

  /** The bytes of a file kept here; null where they aren't. */
  async bytes(evidence: string): Promise<Blob | null> {
    const file = this.files.value.get(evidence);
    return file ? this.#store.bytes(evidence, file.added.file.media_type) : null;
  }

  /** The small picture of a photo kept here; null where there is none. */
  thumbnail(evidence: string): Promise<Blob | null> {
    return this.files.value.has(evidence) ? this.#store.thumbnail(evidence) : Promise.resolve(null);
  }

  /** The server has given a file an address for its bytes. */
  addressed(evidence: string, address: string): Promise<void> {
    return this.#change(evidence, (file) => ({ ...file, address }));
  }

  /** The server says that it has the file whole. */
  sent(evidence: string): Promise<void> {
    return this.#change(evidence, (file) => ({ ...file, address: null, sent_at: now(), refused: null }));
  }

  /** The server doesn't take the file; it stays here, and the others go on. */
  refuse(evidence: string, code: string): Promise<void> {
    return this.#change(evidence, (file) => ({ ...file, address: null, refused: { by: "server", code, at: now() } }));
  }

  /** Tries once more what was refused. */
  async tryAgain(evidence: string): Promise<void> {
    await this.#change(evidence, (file) => ({ ...file, refused: null }));
    if (!this.files.value.get(evidence)?.entered) await this.#enter(evidence);
  }

  /** Lets go of a file that no record names, because its record did not take it. */
  async letGo(evidence: string): Promise<void> {
    await this.#remove([evidence]);
  }

  /** Whether the server has a file, as far as this phone was told. */
  hasArrived(visit: string, evidence: string): boolean {
    return (this.arrived.value.get(visit)?.has(evidence) ?? false) || this.files.value.get(evidence)?.sent_at != null;
  }

  /** Hears from the rows what the server has: what it lost is sent again, what it has long had may go. */
  async #hear(): Promise<void> {
    const rows = await this.replica.store.rows("evidence_arrived");
    const arrived = new Map(
      [...rows].map(([visit, row]) => [visit, new Set((JSON.parse(row) as { arrived: readonly string[] }).arrived)]),
    );
    this.arrived.value = arrived;
    const at = now();
    const changed = new Map<string, KeptFile>();
    const gone: string[] = [];
    for (const [id, file] of this.files.value) {
      if (file.sent_at === null) continue;
      if (arrived.get(file.visit)?.has(id)) {
        if (at - file.sent_at > KEPT_AFTER_RECEIPT_MS) gone.push(id);
        else if (!file.named) changed.set(id, { ...file, named: true });
      } else if (file.named || this.#notBorneOut(file, at)) changed.set(id, { ...file, sent_at: null, named: false });
    }
    if (changed.size > 0) await this.#noteAll(changed);
    if (gone.length > 0) await this.#remove(gone);
  }

  /** A receipt that the server, asked long enough after and knowing the whole record, doesn't know of. */
  #notBorneOut(file: KeptFile, at: number): boolean {
    const unsent = this.replica.summaries.peek().get(file.visit)?.unsent ?? 1;
    return unsent === 0 && at - (file.sent_at ?? at) > BORNE_OUT_WITHIN_MS;
  }

  #change(evidence: string, to: (file: KeptFile) => KeptFile): Promise<void> {
    const file = this.files.value.get(evidence);
    return file ? this.#note(evidence, to(file)) : Promise.resolve();
  }

  #note(evidence: string, file: KeptFile): Promise<void> {
    return this.#noteAll(new Map([[evidence, file]]));
  }

  async #noteAll(changed: ReadonlyMap<string, KeptFile>): Promise<void> {
    this.files.value = new Map([...this.files.value, ...changed]);
    // A full phone forgets at most what the server can be asked again.
    await this.#store.note(changed).catch(unlessFull);
  }

  async #remove(evidence: readonly string[]): Promise<void> {
    await this.#store.remove(evidence);
    this.files.value = new Map([...this.files.value].filter(([id]) => !evidence.includes(id)));
  }
}

function unlessFull(error: unknown): void {
  if (!(error instanceof StorageFull)) throw error;
}
