// The bytes of one person's evidence on this phone, in chunks, outside records. A file and all its chunks
// are written in one strict transaction: it is here whole, or not at all.

import { openDB, type DBSchema, type IDBPDatabase, type IDBPObjectStore } from "idb";

import { seal, sealJson, unseal, unsealJson, type Sealed } from "./seal";
import { abandon, isFull, StorageFull } from "./store";

/** How much of a file lies in one chunk. */
export const CHUNK_BYTES = 256 * 1024;

interface EvidenceSchema extends DBSchema {
  /** What is known of each file, by evidence id. */
  files: { key: string; value: Sealed };
  chunks: { key: [evidence: string, at: number]; value: Sealed };
  /** Small pictures, for lists. */
  thumbnails: { key: string; value: Sealed };
}

/** A file to be kept, with what is known of it and a small picture where it is one. */
export interface NewFile<About> {
  readonly evidence: string;
  readonly about: About;
  readonly bytes: Uint8Array;
  readonly thumbnail: Uint8Array | null;
}

/** One person's evidence. `About` is what the caller keeps of each file, as JSON can carry it. */
export class EvidenceStore<About> {
  #database: Promise<IDBPDatabase<EvidenceSchema>> | null = null;

  constructor(readonly person: string) {}

  #open(): Promise<IDBPDatabase<EvidenceSchema>> {
    this.#database ??= openDB<EvidenceSchema>(`xunfang-${this.person}-evidence`, 1, {
      upgrade(db) {
        db.createObjectStore("files");
        db.createObjectStore("chunks");
        db.createObjectStore("thumbnails");
      },
      terminated: () => (this.#database = null),
    });
    return this.#database;
  }

  /** Closes the database. */
  async close(): Promise<void> {
    (await this.#database)?.close();
    this.#database = null;
  }

  /** What is known of every file, by evidence id. */
  async files(): Promise<ReadonlyMap<string, About>> {
    const { store } = (await this.#open()).transaction("files");
    const [ids, sealed] = await Promise.all([store.getAllKeys(), store.getAll()]);
    const about = await Promise.all(sealed.map((one) => unsealJson<About>(one)));
    return new Map(ids.map((id, at) => [id, about[at] as About]));
  }

  /** Keeps a file whole; afterwards it is on the phone's disk. Throws {@link StorageFull}, and keeps nothing. */
  async keep({ evidence, about, bytes, thumbnail }: NewFile<About>): Promise<void> {
    const starts = Array.from({ length: Math.ceil(bytes.length / CHUNK_BYTES) }, (_, at) => at * CHUNK_BYTES);
    const [file, small, chunks] = await Promise.all([
      sealJson(about),
      thumbnail && seal(thumbnail),
      // A chunk of its own memory: a view would take the whole file with it into the store.
      Promise.all(starts.map((start) => seal(bytes.slice(start, start + CHUNK_BYTES)))),
    ]);
    await this.#write((into) => [
      into.files.put(file, evidence),
      ...chunks.map((chunk, at) => into.chunks.put(chunk, [evidence, at])),
      ...(small ? [into.thumbnails.put(small, evidence)] : []),
    ]);
  }

  /** Writes anew what is known of files. Throws {@link StorageFull}, and changes nothing. */
  async note(known: ReadonlyMap<string, About>): Promise<void> {
    const sealed = await Promise.all([...known].map(async ([id, about]) => [id, await sealJson(about)] as const));
    await this.#write(({ files }) => sealed.map(([id, about]) => files.put(about, id)));
  }

  /** Lets go of files, bytes and all. */
  async remove(evidence: readonly string[]): Promise<void> {
    await this.#write(({ files, chunks, thumbnails }) =>
      evidence.flatMap((id) => [files.delete(id), chunks.delete(IDBKeyRange.bound([id], [id, []])), thumbnails.delete(id)]),
    );
  }

  /** A file's bytes; null where they aren't here. */
  async bytes(evidence: string, media_type: string): Promise<Blob | null> {
    const sealed = await (await this.#open()).getAll("chunks", IDBKeyRange.bound([evidence], [evidence, []]));
    if (sealed.length === 0) return null;
    const chunks = await Promise.all(sealed.map(unseal));
    return new Blob(chunks as Uint8Array<ArrayBuffer>[], { type: media_type });
  }

  /** A file's small picture, a JPEG; null where it has none. */
  async thumbnail(evidence: string): Promise<Blob | null> {
    const sealed = await (await this.#open()).get("thumbnails", evidence);
    return sealed ? new Blob([(await unseal(sealed)) as Uint8Array<ArrayBuffer>], { type: "image/jpeg" }) : null;
  }

  async #write(ask: (of: Stores) => readonly Promise<unknown>[]): Promise<void> {
    const db = await this.#open();
    const names = ["files", "chunks", "thumbnails"] as const;
    const transaction = db.transaction(names, "readwrite", { durability: "strict" });
    const asked: Promise<unknown>[] = [];
    try {
      asked.push(
        ...ask({
          files: transaction.objectStore("files"),
          chunks: transaction.objectStore("chunks"),
          thumbnails: transaction.objectStore("thumbnails"),
        }),
      );
      await Promise.all([...asked, transaction.done]);
    } catch (error) {
      const reason = isFull(error) || isFull(transaction.error) ? new StorageFull() : error;
      await abandon(transaction, asked);
      throw reason;
    }
  }
}

type Names = readonly ["files", "chunks", "thumbnails"];
type Stores = { [Name in Names[number]]: IDBPObjectStore<EvidenceSchema, Names, Name, "readwrite"> };
