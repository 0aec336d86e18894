// The work of the person signed in, opened on this phone: one tab writes, and keeps in touch with the server.
import { signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { askForRoom } from "../data/room";
import { becomeWriter, type Release } from "../data/writer";
import { Talker } from "../sync/contact";
import { Replica } from "../sync/replica";

/** What screens work with. */
export interface Work {
  replica: Replica;
  talker: Talker;
  /** Aborted when it is to be closed. */
  closing: AbortSignal;
}

type State =
  | { is: "opening" }
  /** Another tab writes; this one takes over when that one closes. */
  | { is: "waiting" }
  | { is: "open"; work: Work }
  | { is: "failed" };

/** Opens a person's work, and closes it again. */
export class Opening {
  readonly state = signal<State>({ is: "opening" });
  readonly #closing = new AbortController();
  #release: Release | null = null;

  constructor(person: string) {
    this.#open(person).catch((error: unknown) => {
      this.state.value = { is: "failed" };
      throw error;
    });
  }

  async #open(person: string): Promise<void> {
    this.#release = await becomeWriter(person, () => (this.state.value = { is: "waiting" }));
    if (this.#closing.signal.aborted) return this.#release();
    const replica = await Replica.open(person);
    const work = { replica, talker: new Talker(replica), closing: this.#closing.signal };
    this.state.value = { is: "open", work };
    if (this.#closing.signal.aborted) return this.#shut();
    await askForRoom();
  }

  /** Closes it, once what is under way has ended. */
  close(): void {
    this.#closing.abort();
    void this.#shut();
  }

  async #shut(): Promise<void> {
    const state = this.state.peek();
    if (state.is !== "open") return;
    await state.work.talker.stop();
    await state.work.replica.close();
    this.#release?.();
  }
}

const WorkContext = createContext<Work | null>(null);

/** Hands the work down to the screens. */
export const WorkProvider = WorkContext.Provider;

/** The work of the person signed in. */
export function useWork(): Work {
  const work = useContext(WorkContext);
  if (!work) throw new Error("BUG: a field screen outside the field app");
  return work;
}
