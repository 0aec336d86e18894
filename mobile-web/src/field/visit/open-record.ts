// A record while somebody writes in it. What was entered shows at once; it counts as saved only when it
// is on the phone's disk, and what could not be saved stays here and is tried again.
import { computed, effect, signal } from "@preact/signals";
import { ask, CoreBroke } from "../../core/client";
import type { RecordView } from "../../core/door";
import { StorageFull } from "../../data/store";
import { toast } from "../../parts";
import type { Answer, Checklist, Command, FieldEntries, ItemId, Status } from "../../shapes";
import { Refused, type Replica } from "../../sync/replica";
import { say } from "../../words";
import { refusalText } from "../../words/problems";

/** Whether everything entered is on the phone's disk. */
export type Saving = { is: "saved" } | { is: "saving" } | { is: "failed"; full: boolean };

/** A supervisor's comment beside an item. */
export interface ItemComment {
  text: string;
  by: string;
  at: number;
  /** The review that says it. */
  review: number;
  /** The item was written or confirmed since. */
  answered: boolean;
}

const HANDED_IN: ReadonlySet<Status> = new Set(["submitted", "returned", "resubmitted", "approved"]);

const DECIDED: ReadonlySet<Status> = new Set(["approved", "rejected"]);

/** One record, open. */
export class OpenRecord {
  readonly view = signal<RecordView | null>(null);
  readonly checklist = signal<Checklist | null>(null);
  /** Why there is nothing to show. */
  readonly closed = signal<"missing" | "set_aside" | null>(null);
  readonly saving = signal<Saving>({ is: "saved" });
  readonly #pending = signal<readonly Command[]>([]);
  /** Whether the person is among those present. */
  readonly present = computed(() => this.view.value?.summary.present.includes(this.replica.person) ?? false);
  /** The newest earlier visit to the same cooperative, to show what was found last time. */
  readonly previous = signal<RecordView | null>(null);
  /** Whether an author took the visit back. */
  readonly withdrawn = computed(() => (this.view.value?.inspection.withdrawals.length ?? 0) > 0);
  /** The supervisor has decided; nobody writes here by accident. */
  readonly decided = computed(() => DECIDED.has(this.view.value?.summary.status ?? "in_progress"));
  /** The person wants to write here although the supervisor has decided. */
  readonly reopened = signal(false);
  /** Whether the person may write here. */
  readonly writable = computed(
    () => this.present.value && !this.withdrawn.value && (!this.decided.value || this.reopened.value),
  );
  #flushing = false;
  #drafted = false;
  /** Lets go of the record. */
  readonly dispose: () => void;

  constructor(
    readonly replica: Replica,
    readonly visit: string,
  ) {
    this.dispose = effect(() => {
      void [replica.summaries.value, replica.setAside.value];
      this.#look();
    });
  }

  /** Reads the record where the phone holds a newer one than is shown; not between an own change and its view. */
  #look(): void {
    const newest = this.replica.summaries.peek().get(this.visit);
    if (!newest) this.closed.value = this.replica.setAside.peek().has(this.visit) ? "set_aside" : "missing";
    else if (!this.#flushing && newest !== this.view.peek()?.summary) void this.#read();
  }

  async #read(): Promise<void> {
    try {
      const view = await this.replica.view(this.visit);
      if (!view) return;
      this.checklist.value ??= await ask("checklist", { reference: view.checklist });
      this.previous.value ??= await this.#readPrevious(view);
      this.view.value = view;
      this.closed.value = null;
    } catch (error) {
      if (!(error instanceof CoreBroke)) throw error;
      this.closed.value = "set_aside";
    }
  }

  async #readPrevious(view: RecordView): Promise<RecordView | null> {
    const { cooperative, started_at } = view.summary;
    const earlier = [...this.replica.summaries.value.values()]
      .filter((one) => one.cooperative === cooperative && one.outcome === "held" && HANDED_IN.has(one.status))
      .filter((one) => one.visit !== this.visit && (one.started_at ?? 0) < (started_at ?? 0))
      .sort((a, b) => (b.started_at ?? 0) - (a.started_at ?? 0))[0];
    return earlier ? this.replica.view(earlier.visit) : null;
  }

  /** The values of an item: what was just entered, else what the record says. */
  answers(item: ItemId): FieldEntries<Answer> {
    return this.view.value?.inspection.answers[item] ?? [];
  }

  /** The value of an item as the person sees it; null where it has none, or several that differ. */
  answer(item: ItemId): Answer | null {
    const entered = this.#pending.value.findLast(
      (command) => (command.command === "answer" || command.command === "clear") && command.item === item,
    );
    if (entered?.command === "answer") return entered.value;
    if (entered) return null;
    return this.inConflict("answer", item) ? null : (this.answers(item).at(-1)?.value ?? null);
  }

  /** The note beside an item as the person sees it. */
  note(item: ItemId): string {
    const entered = this.#pending.value.findLast((command) => command.command === "note" && command.item === item);
    if (entered?.command === "note") return entered.text;
    return this.view.value?.inspection.notes[item]?.at(-1)?.value ?? "";
  }

  /** The narrative as the person sees it. */
  summary(): string {
    const entered = this.#pending.value.findLast((command) => command.command === "summary");
    if (entered?.command === "summary") return entered.text;
    return this.view.value?.inspection.summary ?? "";
  }

  /** What the supervisor said beside an item, while the record is back. */
  comment(item: ItemId): ItemComment | null {
    const returned = this.view.value?.returned;
    const text = returned?.review.item_comments[item];
    if (!returned || !text) return null;
    const { id, reviewer_name, at } = returned.review;
    return { text, by: reviewer_name, at, review: id, answered: returned.answered.includes(item) };
  }

  /** Whether two people gave this field different values. */
  inConflict(field: "answer" | "note", item: ItemId): boolean {
    return this.view.value?.conflicts.some((open) => open.field === field && open.item === item) ?? false;
  }

  /** Carries out commands, all at once where they come together. */
  do(...commands: readonly Command[]): void {
    this.#pending.value = [...this.#pending.value, ...commands];
    void this.flush();
  }

  /** Keeps on the phone what is being typed, before it becomes a change. */
  draft(command: Command): void {
    this.#drafted = true;
    this.replica.keepDraft(this.visit, command).catch((error: unknown) => {
      // The save that follows finds the phone just as full, and says so.
      if (!(error instanceof StorageFull)) throw error;
    });
  }

  /** Saves what is not saved yet. */
  async flush(): Promise<void> {
    if (this.#flushing) return;
    this.#flushing = true;
    try {
      while (this.#pending.value.length > 0) {
        this.saving.value = { is: "saving" };
        await this.#save(nextChange(this.#pending.value));
      }
      if (this.#drafted) await this.replica.forgetDrafts();
      this.#drafted = false;
      this.saving.value = { is: "saved" };
    } catch (error) {
      this.saving.value = { is: "failed", full: error instanceof StorageFull };
      if (!(error instanceof StorageFull)) throw error;
    } finally {
      this.#flushing = false;
      this.#look();
    }
  }

  async #save(commands: readonly Command[]): Promise<void> {
    try {
      const view = await this.replica.apply(this.visit, commands);
      this.view.value = view;
      this.#pending.value = this.#pending.value.slice(commands.length);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      await this.#saveOneByOne(commands);
    }
  }

  /** One refused command must not take the others with it. */
  async #saveOneByOne(commands: readonly Command[]): Promise<void> {
    for (const command of commands) {
      try {
        this.view.value = await this.replica.apply(this.visit, [command]);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        toast(say(refusalText(error.code)));
      }
      this.#pending.value = this.#pending.value.slice(1);
    }
  }
}

/** What goes into one change: everything entered so far, but a submission stands alone. */
function nextChange(pending: readonly Command[]): readonly Command[] {
  const submission = pending.findIndex((command) => command.command === "submit");
  if (submission < 0) return pending;
  return submission === 0 ? pending.slice(0, 1) : pending.slice(0, submission);
}

const opened = new Map<string, OpenRecord>();

/** The record of a visit; its screens share one. Others are let go once all of theirs is saved. */
export function openRecord(replica: Replica, visit: string): OpenRecord {
  for (const [other, record] of opened) {
    if (record.replica === replica && (other === visit || record.saving.peek().is !== "saved")) continue;
    record.dispose();
    opened.delete(other);
  }
  const known = opened.get(visit);
  if (known) return known;
  const record = new OpenRecord(replica, visit);
  opened.set(visit, record);
  return record;
}
