// What is known of one cooperative, and its visits; prints on one page.
import { useEffect } from "preact/hooks";
import { cooperative, type CooperativeFile } from "../../api";
import { Button, Chip, EmptyState, PageHeader, Row, Rows } from "../../parts";
import { operatingStatuses, outcomes, statuses, titles } from "../../states";
import { say, type Text } from "../../words";
import { dayAt, fullDay } from "../../words/format";
import { office as words } from "../../words/office";
import { shared } from "../../words/shared";
import { flagWords } from "../flags";
import { Show, useLoaded } from "../loaded";
import { fiveHavesWord } from "./cooperatives";
import "./cooperative.css";

/** The screen. */
export function CooperativeScreen({ id }: { id: string }) {
  const loaded = useLoaded(id, (signal) => cooperative(id, signal));
  return <Show loaded={loaded}>{(file) => <File file={file} />}</Show>;
}

function File({ file }: { file: CooperativeFile }) {
  const { cooperative: one } = file;
  const state = operatingStatuses[one.operating_status];
  useEffect(() => {
    document.title = `${one.name} · ${say(shared.product)}`;
  });
  const facts: [Text, string][] = [
    [words.creditCode, one.credit_code ?? "—"],
    [words.unit, [file.area_name, one.village].filter(Boolean).join(" ")],
    [words.address, one.address || "—"],
    [words.chair, one.chair || "—"],
    [words.telephone, one.telephone || "—"],
    [words.established, one.established ? fullDay(dayAt(one.established)) : "—"],
    [words.products, one.products || "—"],
    [words.title, one.title ? say(titles[one.title]) : say(words.noTitle)],
    [words.fiveHaves, say(fiveHavesWord(one.five_haves_met))],
    [shared.roleCoordinator, file.coordinator_name ?? say(words.noCoordinator)],
    [words.newestCounted, one.newest_counted ? fullDay(dayAt(one.newest_counted)) : say(words.never)],
  ];
  return (
    <article class="cooperative">
      <PageHeader
        title={one.name}
        back={{ href: "/office/cooperatives", label: say(words.cooperatives) }}
        end={
          <>
            <Chip tone={state.tone} word={say(state.word)} />{" "}
            <span class="no-print">
              <Button kind="quiet" onClick={() => print()}>
                {say(shared.print)}
              </Button>
            </span>
          </>
        }
        about={one.provisional ? say(words.provisionalHint) : undefined}
      />
      <dl class="cooperative-facts">
        {facts.map(([label, value]) => (
          <div key={label.en}>
            <dt>{say(label)}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <section>
        <h2>
          {say(words.visits)} <span class="quiet">{file.visits.length}</span>
        </h2>
        {file.visits.length === 0 ? (
          <EmptyState title={say(words.noVisits)} text={say(words.noVisitsHint)} />
        ) : (
          <Rows label={say(words.visits)}>
            {file.visits.map((row) => (
              <Row
                key={row.visit}
                href={`/office/visits/${row.visit}`}
                title={fullDay(row.visit_at)}
                about={[
                  ...(row.outcome ? [say(outcomes[row.outcome].word)] : []),
                  ...row.writers.map(({ name }) => name),
                  ...(row.findings > 0 ? [say(words.findingCount(row.findings))] : []),
                  ...(row.conflicts > 0 ? [say(words.conflictCount(row.conflicts))] : []),
                  ...row.flags.map((flag) => say(flagWords[flag])),
                ].join(" · ")}
                end={<Chip tone={statuses[row.status].tone} word={say(statuses[row.status].word)} />}
              />
            ))}
          </Rows>
        )}
      </section>
    </article>
  );
}
