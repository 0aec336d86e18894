// The evidence of the person whose work is open: opened with the first screen that wants it, and carried to
// the server until the work is closed.
import { type ReadonlySignal, signal, type Signal } from "@preact/signals";
import { Evidence } from "../../sync/evidence";
import type { Replica } from "../../sync/replica";
import { Uploader } from "../../sync/uploader";
import type { Work } from "../work";

/** What screens work with. */
export interface Kept {
  evidence: Evidence;
  uploader: Uploader;
}

const opened = new WeakMap<Replica, Signal<Kept | null>>();

/** The evidence of a person's work; none until it is open. */
export function keptEvidence({ replica, closing }: Work): ReadonlySignal<Kept | null> {
  const known = opened.get(replica);
  if (known) return known;
  const kept = signal<Kept | null>(null);
  opened.set(replica, kept);
  void Evidence.open(replica).then((evidence) => {
    kept.value = { evidence, uploader: new Uploader(evidence, closing) };
    closing.addEventListener("abort", () => void evidence.close());
    if (closing.aborted) void evidence.close();
  });
  return kept;
}
