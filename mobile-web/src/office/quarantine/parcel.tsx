// What one person sent of one visit from one device and was refused: why, what it says, what it would
// change in the record, and what became of each change.
import { useSignal } from "@preact/signals";
import { checklist, parcel as load, parcelExport, type FieldChange, type Parcel, type ParcelPage, type RefusedChange } from "../../api";
import { itemsById } from "../../answers";
import { Button, Chip, Notice, PageHeader, type Tone } from "../../parts";
import { Problem, sentence, Unreachable } from "../../problem";
import type { Command, Item, ItemId } from "../../shapes";
import { say } from "../../words";
import { between, dayTime, size } from "../../words/format";
import { office } from "../../words/office";
import { quarantine as words, refusedBecause, whyNotReleased } from "../../words/quarantine";
import { shared } from "../../words/shared";
import { Show, useLoaded } from "../loaded";
import { commandText } from "../record/command-text";
import { Differences } from "../record/differences";
import "../record/record.css";
import { DecideDialog, type Deciding } from "./decide";

type Items = ReadonlyMap<ItemId, Item>;

/** The screen; given a key, so that one parcel never shows under another's name. */
export function ParcelScreen({ parcel, back }: { parcel: Parcel; back: { href: string; label: string } }) {
  const loaded = useLoaded("parcel", (signal) => load(parcel, signal));
  const reference = loaded.value?.checklist;
  const questions = useLoaded(reference ?? "", async () => (reference ? itemsById(await checklist(reference)) : null), false);
  return (
    <article class="parcel">
      <Show loaded={loaded}>
        {(page) => (
          <Show loaded={questions}>{(items) => <Page page={page} items={items ?? new Map()} back={back} />}</Show>
        )}
      </Show>
    </article>
  );
}

/** In the checklist's order, what belongs to no item last. */
function inOrder(changes: readonly FieldChange[], items: Items): FieldChange[] {
  const order = [...items.keys()];
  const place = (change: FieldChange) => ("item" in change ? order.indexOf(change.item) : order.length);
  return [...changes].sort((a, b) => place(a) - place(b));
}

/** Why these were refused, each reason once; that others build on them is no reason of its own. */
export function reasonsOf(codes: readonly string[]): string[] {
  const own = codes.filter((code) => code !== "depends_on_refused");
  return [...new Set(own.length > 0 ? own : codes)].map(because);
}

const because = (code: string) => say(refusedBecause[code] ?? { zh: code, en: code });

function Page({ page, items, back }: { page: ParcelPage; items: Items; back: { href: string; label: string } }) {
  const deciding = useSignal<Deciding | null>(null);
  const open = page.changes.filter(({ resolution }) => resolution === null);
  const codes = (open.length > 0 ? open : page.changes).map(({ code }) => code);
  const isRead = page.changes.some(({ commands }) => commands !== null);
  return (
    <>
      <PageHeader
        title={page.cooperative_name ?? say(words.unknownCooperative)}
        back={back}
        about={page.area_name ?? say(words.noArea)}
        end={
          open.length > 0 ? (
            <Chip tone="brick" word={`${say(words.open)} · ${say(words.count(open.length))}`} />
          ) : (
            <Chip tone="grey" word={say(words.resolved)} />
          )
        }
      />
      <dl class="parcel-facts">
        <Fact label={say(words.sentBy)} value={page.person_name} />
        <Fact label={say(words.device)} value={page.device_name || say(words.unnamedDevice)} />
        <Fact label={say(words.receivedAt)} value={between(page.received_at, page.last_received_at)} />
        <Fact label={say(words.why)} value={reasonsOf(codes).join(say({ zh: "、", en: "; " }))} />
      </dl>
      <Actions page={page} open={open} onDecide={(what) => (deciding.value = what)} />
      {open.length > 0 && isRead && (
        <section class="parcel-part">
          <h2>{say(words.wouldChange)}</h2>
          <p class="quiet">
            {page.has_record ? (
              <a class="no-print" href={`/office/visits/${page.visit}`}>
                {say(words.toRecord)}
              </a>
            ) : (
              say(words.noRecord)
            )}
          </p>
          {page.differences.length > 0 ? (
            <Differences changes={inOrder(page.differences, items)} items={items} people={page.people} />
          ) : (
            <p class="quiet">{say(words.wouldChangeNothing)}</p>
          )}
        </section>
      )}
      <section class="parcel-part">
        <h2>{say(words.changes)}</h2>
        <Changes page={page} items={items} />
      </section>
      {deciding.value && <DecideDialog deciding={deciding.value} of={page} onClose={() => (deciding.value = null)} />}
    </>
  );
}

function Fact({ label, value }: { label: string; value: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}

interface ActionsProps {
  page: ParcelPage;
  open: readonly RefusedChange[];
  onDecide: (deciding: Deciding) => void;
}

function Actions({ page, open, onDecide }: ActionsProps) {
  const error = useSignal<string | null>(null);
  const busy = useSignal(false);
  const ids = (changes: readonly RefusedChange[]) => changes.map(({ id }) => id);
  const releasable = open.filter(({ why_not }) => why_not === null);
  const obstacles = [...new Set(open.map(({ why_not }) => why_not).filter((why) => why !== null))];
  const isRead = page.changes.some(({ commands }) => commands !== null);

  const save = async () => {
    busy.value = true;
    error.value = null;
    try {
      const file = await parcelExport(page);
      const link = document.createElement("a");
      link.href = URL.createObjectURL(file);
      link.download = file.name;
      link.click();
      URL.revokeObjectURL(link.href);
    } catch (failure) {
      if (!(failure instanceof Problem) && !(failure instanceof Unreachable)) throw failure;
      error.value = sentence(failure);
    } finally {
      busy.value = false;
    }
  };

  return (
    <div class="parcel-actions no-print">
      <p class="parcel-buttons">
        {releasable.length > 0 && (
          <Button kind="main" onClick={() => onDecide({ what: "release", ids: ids(releasable) })}>
            {say(words.releaseCount(releasable.length))}
          </Button>
        )}
        {page.can_decide && open.length > 0 && (
          <Button kind="danger" onClick={() => onDecide({ what: "dismiss", ids: ids(open) })}>
            {say(words.dismiss)}
          </Button>
        )}
        <Button busy={busy.value} onClick={() => void save()}>
          {say(words.export)}
        </Button>
        <Button kind="quiet" onClick={() => print()}>
          {say(shared.print)}
        </Button>
      </p>
      {obstacles.map((why) => (
        <p key={why} class="quiet">
          {say(whyNotReleased[why])}
        </p>
      ))}
      {!isRead && page.checklist !== null && <p class="quiet">{say(words.contentsHidden)}</p>}
      {error.value && (
        <Notice tone="brick" urgent>
          {error.value}
        </Notice>
      )}
    </div>
  );
}

const tones: Record<NonNullable<RefusedChange["resolution"]>, Tone> = { released: "green", replaced: "blue", dismissed: "grey" };

function Changes({ page, items }: { page: ParcelPage; items: Items }) {
  const numbers = new Map(page.changes.map(({ hash }, at) => [hash, at + 1]));
  return (
    <table class="table stack parcel-changes">
      <thead>
        <tr>
          <th scope="col">{say(words.number)}</th>
          <th scope="col">{say(words.contents)}</th>
          <th scope="col">{say(words.written)}</th>
          <th scope="col">{say(words.outcome)}</th>
        </tr>
      </thead>
      <tbody>
        {page.changes.map((change, at) => {
          const base = change.depends_on && numbers.get(change.depends_on);
          return (
            <tr key={change.id}>
              <td class="parcel-number">{at + 1}</td>
              <td class="parcel-contents">
                <Contents change={change} items={items} />
                {base && <span class="quiet">{say(words.buildsOn(base))}</span>}
              </td>
              <td>{change.at === null ? "" : dayTime(change.at)}</td>
              <td class="parcel-outcome">
                <Outcome change={change} people={page.people} />
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Contents({ change, items }: { change: RefusedChange; items: Items }) {
  if (change.commands === null || change.commands.length === 0) {
    return <span class="quiet">{say(words.unreadable(size(change.bytes), change.hash.slice(0, 8)))}</span>;
  }
  return (
    <>
      {change.commands.map((command, at) => (
        <p key={at}>{did(command, items)}</p>
      ))}
    </>
  );
}

/** What the author did; here being there and handing in are changes like any other. */
function did(command: Command, items: Items): string {
  switch (command.command) {
    case "join":
      return say(words.arrived);
    case "submit":
      return say(words.submitted);
    case "withdraw":
      return say(words.withdrew(command.reason));
    default:
      return commandText(command, items) ?? "";
  }
}

function Outcome({ change, people }: { change: RefusedChange; people: Readonly<Record<string, string>> }) {
  if (change.resolution === null) {
    const isBuiltOn = change.code === "depends_on_refused" && change.depends_on !== null;
    return isBuiltOn ? <Chip tone="ochre" word={say(words.open)} /> : <Chip tone="brick" word={because(change.code)} />;
  }
  const who = (change.resolved_by && people[change.resolved_by]) ?? say(office.somebody);
  return (
    <>
      <Chip tone={tones[change.resolution]} word={say(words[change.resolution])} />
      <span class="quiet">
        {change.resolution === "replaced" ? "" : `${who} · `}
        {change.resolved_at === null ? "" : dayTime(change.resolved_at)}
      </span>
      {change.reason && <q>{change.reason}</q>}
    </>
  );
}
