// One cooperative: what the register says, its visits, and the ways to start one.
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { Button, ButtonLink, Card, Chip, Dialog, EmptyState, Notice, PageHeader, Rows } from "../../parts";
import { StorageFull } from "../../data/store";
import type { Cooperative, Outcome } from "../../shapes";
import { say } from "../../words";
import { field as words } from "../../words/field";
import { dayAt, fullDay } from "../../words/format";
import { shared } from "../../words/shared";
import { operatingLabels, titleLabels } from "../labels";
import { paths } from "../paths";
import { RecordRow } from "../records/record-row";
import { SyncChip } from "../sync-chip";
import { useWork } from "../work";
import { startVisit } from "./start";

/** The screen. */
export function CooperativeScreen({ cooperative: id }: { cooperative: string }) {
  const { replica } = useWork();
  const cooperative = replica.cooperatives.value.get(id);
  const back = { href: paths.cooperatives, label: say(words.cooperatives) };
  if (!cooperative) {
    return (
      <main class="field-screen">
        <PageHeader title={say(words.cooperatives)} back={back} end={<SyncChip />} />
        <EmptyState title={say(words.cooperativeMissing)} text={say(words.cooperativeMissingHelp)} />
      </main>
    );
  }
  const visits = [...replica.summaries.value.values()]
    .filter((summary) => summary.cooperative === id)
    .sort((a, b) => (b.started_at ?? 0) - (a.started_at ?? 0));
  const running = visits.find((summary) => summary.mine && summary.status === "in_progress");
  return (
    <main class="field-screen with-actions">
      <PageHeader title={cooperative.name} back={back} about={replica.areas.value.get(cooperative.area)?.name} end={<SyncChip />} />
      <States cooperative={cooperative} />
      <Known cooperative={cooperative} />
      <section class="part">
        <h2>{say(words.lastVisits)}</h2>
        {visits.length === 0 ? (
          <p class="quiet">{say(words.noVisits)}</p>
        ) : (
          <Rows>{visits.map((summary) => <RecordRow key={summary.visit} summary={summary} named={false} />)}</Rows>
        )}
      </section>
      <div class="actions-bar">
        <Ways cooperative={cooperative} running={running?.visit} />
      </div>
    </main>
  );
}

function States({ cooperative: { operating_status, title, provisional, five_haves_met } }: { cooperative: Cooperative }) {
  return (
    <p class="chips">
      <Chip tone={operating_status === "normal" ? "green" : "ochre"} word={say(operatingLabels[operating_status])} />
      {title && <Chip tone="blue" sign="★" word={say(titleLabels[title])} />}
      {five_haves_met !== null && (
        <Chip
          tone={five_haves_met ? "green" : "ochre"}
          word={`${say(words.fiveHaves)} ${say(five_haves_met ? words.fiveHavesMet : words.fiveHavesNotMet)}`}
        />
      )}
      {provisional && <Chip tone="grey" word={say(words.provisional)} />}
    </p>
  );
}

/** What the register says, as far as it says something. */
function Known({ cooperative }: { cooperative: Cooperative }) {
  const { replica } = useWork();
  const { chair, telephone, village, address, products, credit_code, established, coordinator } = cooperative;
  const facts: readonly [string, ComponentChildren][] = [
    [say(words.chair), chair],
    [say(words.telephone), telephone && <a href={`tel:${telephone}`}>{telephone}</a>],
    [say(words.village), village],
    [say(words.address), address],
    [say(words.products), products],
    [say(words.creditCode), credit_code],
    [say(words.established), established && fullDay(dayAt(established))],
    [say(words.coordinator), coordinator && (coordinator === replica.person ? say(words.meWriter) : replica.people.value[coordinator])],
  ];
  return (
    <Card>
      <dl class="facts">
        {facts.filter(([, value]) => value).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}

function Ways({ cooperative, running }: { cooperative: Cooperative; running: string | undefined }) {
  const work = useWork();
  const others = useSignal(false);
  const full = useSignal(false);
  const start = async (outcome: Outcome): Promise<void> => {
    others.value = false;
    try {
      await startVisit(work, { cooperative: cooperative.id, area: cooperative.area, provisional_name: null }, outcome);
    } catch (error) {
      if (!(error instanceof StorageFull)) throw error;
      full.value = true;
    }
  };
  return (
    <>
      {full.value && <Notice tone="brick" urgent>{say(words.fullHelp)}</Notice>}
      <Button onClick={() => (others.value = true)}>{say(words.otherWays)}</Button>
      {running ? (
        <ButtonLink kind="main" href={paths.visit(running)}>{say(words.continueVisit)}</ButtonLink>
      ) : (
        <Button kind="main" onClick={() => void start("held")}>{say(words.startVisit)}</Button>
      )}
      {others.value && (
        <Dialog
          title={say(words.otherWays)}
          onClose={() => (others.value = false)}
          actions={<Button onClick={() => (others.value = false)}>{say(shared.cancel)}</Button>}
        >
          <Button big onClick={() => void start("nobody_there")}>{say(words.nobodyThere)}</Button>
          <Button big onClick={() => void start("not_found")}>{say(words.notFound)}</Button>
          {running && <Button big onClick={() => void start("held")}>{say(words.startVisit)}</Button>}
          <ButtonLink big href={paths.scan(cooperative.id)}>{say(words.scan)}</ButtonLink>
          <ButtonLink big href={paths.join(cooperative.id)}>{say(words.joinByCode)}</ButtonLink>
        </Dialog>
      )}
    </>
  );
}
