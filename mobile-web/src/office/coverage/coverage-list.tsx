// The cooperatives behind a figure of coverage: as many as the figure says.
import { useEffect } from "preact/hooks";
import { coverageList, FIGURES, type CoverageRow, type Figure } from "../../api";
import { EmptyState, PageHeader, Select } from "../../parts";
import { address, setQuery } from "../../route";
import { say } from "../../words";
import { day, dayAt, number } from "../../words/format";
import { office as words } from "../../words/office";
import { shared } from "../../words/shared";
import { Show, useLoaded } from "../loaded";
import { asked } from "./coverage";
import { figureMeanings, figureWords, periodWord } from "./figures";

/** The screen. */
export function CoverageListScreen() {
  const given = address.value.searchParams.get("figure");
  const figure: Figure = FIGURES.find((known) => known === given) ?? "due";
  const filters = { ...asked(), figure };
  const loaded = useLoaded(JSON.stringify(filters), (signal) => coverageList(filters, signal));
  useEffect(() => {
    document.title = `${say(figureWords[figure])} · ${say(words.coverage)} · ${say(shared.product)}`;
  });
  return (
    <>
      <PageHeader
        title={say(figureWords[figure])}
        back={{
          href: `/office/coverage?${new URLSearchParams({ period: filters.period, area: filters.area })}`,
          label: say(words.coverageTitle),
        }}
        about={
          <>
            {say(periodWord(filters.period))} · {loaded.value && say(words.cooperativeCount(number(loaded.value.total)))} ·{" "}
            {say(figureMeanings[figure])}
          </>
        }
        end={
          <Select
            label={say(words.figure)}
            hideLabel
            value={figure}
            options={FIGURES.map((one) => ({ value: one, label: say(figureWords[one]) }))}
            onChange={(one) => setQuery({ figure: one })}
          />
        }
      />
      <Show loaded={loaded}>
        {({ cooperatives }) =>
          cooperatives.length === 0 ? <EmptyState title={say(words.noneHere)} /> : <List rows={cooperatives} />
        }
      </Show>
    </>
  );
}

function List({ rows }: { rows: readonly CoverageRow[] }) {
  return (
    <table class="table stack">
      <thead>
        <tr>
          <th scope="col">{say(words.cooperative)}</th>
          <th scope="col">{say(words.unit)}</th>
          <th scope="col">{say(words.lastVisit)}</th>
          <th scope="col">{say(words.dueOn)}</th>
          <th scope="col">{say(shared.roleCoordinator)}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <th scope="row">
              <a href={`/office/cooperatives/${row.id}`}>{row.name}</a>
            </th>
            <td>{row.area_name}</td>
            <td data-label={say(words.lastVisit)}>{row.last_visit_at === null ? say(words.never) : day(row.last_visit_at)}</td>
            <td data-label={say(words.dueOn)}>{row.due_on === null ? "—" : day(dayAt(row.due_on))}</td>
            <td data-label={say(shared.roleCoordinator)}>{row.coordinator_name ?? say(words.noCoordinator)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
