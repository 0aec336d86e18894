// After a restore: decisions and changes of the register that only phones still remember, to be looked
// through one by one.
import type { ComponentChildren } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { remembered, settleRemembered, type Hearsay, type LostDecisions, type WrittenSince } from "../../api";
import { Button, ButtonLink, Card, Chip, EmptyState, Notice, PageHeader } from "../../parts";
import { sentence } from "../../problem";
import { statuses } from "../../states";
import { say } from "../../words";
import { backup as words } from "../../words/backup";
import { dayTime } from "../../words/format";
import { shared } from "../../words/shared";
import { Show, useLoaded } from "../loaded";
import { LostRowCard } from "./lost-row";
import "./restored.css";

/** The screen. */
export function Restored() {
  const loaded = useLoaded("remembered", remembered);
  useEffect(() => {
    document.title = `${say(words.restored)} · ${say(shared.product)}`;
  });
  return (
    <>
      <PageHeader
        title={say(words.restored)}
        about={say(words.restoredAbout)}
        back={{ href: "/office/devices", label: say(words.toDevices) }}
      />
      <Show loaded={loaded}>{(since) => <Since since={since} settled={loaded.replace} />}</Show>
    </>
  );
}

function Since({ since, settled }: { since: WrittenSince; settled: (since: WrittenSince) => void }) {
  const { restores, rolled_back: rolledBack, decisions, rows } = since;
  return (
    <div class="restored">
      {rolledBack && <Notice tone="brick">{say(words.rolledBack(rolledBack.person_name, dayTime(rolledBack.at)))}</Notice>}
      {restores.map((restore) => (
        <Notice key={restore.at} tone="blue">
          {say(words.restoredOn(dayTime(restore.at), dayTime(restore.backup_made_at)))}{" "}
          {say(restore.lost_at_least === null ? words.lostNothingKnown : words.lostAtLeast(restore.lost_at_least))}
        </Notice>
      ))}
      {decisions.length + rows.length === 0 && <EmptyState title={say(words.nothing)} text={say(words.nothingHint)} />}
      {decisions.length > 0 && (
        <section>
          <h2>{say(words.decisions)}</h2>
          <p class="quiet">{say(words.decisionsHint)}</p>
          {decisions.map((lost) => (
            <Kept
              key={lost.id}
              hearsay={lost}
              settled={settled}
              action={lost.status && <ButtonLink href={`/office/visits/${lost.visit}`}>{say(words.openRecord)}</ButtonLink>}
            >
              <Decisions lost={lost} />
            </Kept>
          ))}
        </section>
      )}
      {rows.length > 0 && (
        <section>
          <h2>{say(words.rows)}</h2>
          <p class="quiet">{say(words.rowsHint)}</p>
          {rows.map((lost) => (
            <Kept key={lost.id} hearsay={lost} settled={settled}>
              <LostRowCard lost={lost} />
            </Kept>
          ))}
        </section>
      )}
    </div>
  );
}

interface KeptProps {
  hearsay: Hearsay;
  settled: (since: WrittenSince) => void;
  /** What can be done about it before. */
  action?: ComponentChildren;
  children: ComponentChildren;
}

/** Something remembered: who told it, and who has dealt with it. */
function Kept({ hearsay, settled, action, children }: KeptProps) {
  const busy = useSignal(false);
  const failed = useSignal<string | null>(null);
  const settle = async () => {
    busy.value = true;
    failed.value = null;
    try {
      settled(await settleRemembered([hearsay.id]));
    } catch (error) {
      failed.value = sentence(error);
    } finally {
      busy.value = false;
    }
  };
  return (
    <Card>
      <div class={`restored-kept${hearsay.settled ? " settled" : ""}`}>
        {children}
        <p class="quiet">{say(words.toldBy(hearsay.told_by.join(say({ zh: "、", en: ", " })), dayTime(hearsay.told_at)))}</p>
        {failed.value && <Notice tone="brick" urgent>{failed.value}</Notice>}
        <div class="restored-actions">
          {action}
          {hearsay.settled ? (
            <Chip tone="green" word={say(words.settledBy(hearsay.settled.person_name, dayTime(hearsay.settled.at)))} />
          ) : (
            <Button busy={busy.value} onClick={() => void settle()}>
              {say(words.settle)}
            </Button>
          )}
        </div>
      </div>
    </Card>
  );
}

function Decisions({ lost }: { lost: LostDecisions }) {
  const name = lost.cooperative_name ?? say(words.notHere);
  return (
    <>
      <h3>
        {name}{" "}
        {lost.status && (
          <>
            <small class="quiet">{say(words.now)}</small>{" "}
            <Chip tone={statuses[lost.status].tone} word={say(statuses[lost.status].word)} sign={statuses[lost.status].sign} />
          </>
        )}
      </h3>
      <ul class="restored-decisions">
        {lost.decisions.map((decision) => {
          const state = statuses[decision.verdict];
          return (
            <li key={decision.at}>
              <Chip tone={state.tone} word={say(state.word)} sign={state.sign} />{" "}
              {say(words.decided(decision.reviewer_name, dayTime(decision.at)))}
              {decision.comment && <q>{decision.comment}</q>}
              {decision.item_comments > 0 && <span class="quiet"> {say(words.itemComments(decision.item_comments))}</span>}
            </li>
          );
        })}
      </ul>
    </>
  );
}
