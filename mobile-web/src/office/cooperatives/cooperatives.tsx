// The register's cooperatives, found by name, initials or credit code.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { areas, cooperatives, type CooperativeRow } from "../../api";
import { Button, Chip, EmptyState, PageHeader, Select } from "../../parts";
import { address, setQuery } from "../../route";
import { operatingStatuses, titles } from "../../states";
import { say } from "../../words";
import { day, number } from "../../words/format";
import { office as words } from "../../words/office";
import { shared } from "../../words/shared";
import { Show, useLoaded } from "../loaded";
import { SearchField } from "../search-field";

/** As many as fit a few screens; the rest on demand. */
const SHOWN = 100;

/** The screen. */
export function Cooperatives() {
  const search = address.value.searchParams;
  const filters = { q: search.get("q"), area: search.get("area") };
  const loaded = useLoaded(JSON.stringify(filters), (signal) => cooperatives(filters, signal));
  const known = useLoaded("areas", areas, false).value?.areas ?? [];
  useEffect(() => {
    document.title = `${say(words.cooperatives)} · ${say(shared.product)}`;
  });
  return (
    <>
      <PageHeader
        title={say(words.cooperatives)}
        end={loaded.value && <span class="quiet">{say(words.cooperativeCount(number(loaded.value.total)))}</span>}
      />
      <div class="filters no-print">
        <SearchField label={say(words.findCooperative)} />
        {known.length > 1 && (
          <Select
            label={say(words.area)}
            value={filters.area ?? ""}
            options={[
              { value: "", label: say(words.allAreas) },
              ...known.filter(({ code }) => code.length > 6).map(({ code, name }) => ({ value: code, label: name })),
            ]}
            onChange={(area) => setQuery({ area })}
          />
        )}
      </div>
      <Show loaded={loaded}>
        {({ cooperatives: rows }) =>
          rows.length === 0 ? (
            <EmptyState title={say(words.nothingFound)} text={say(words.nothingFoundHint)}>
              <Button onClick={() => setQuery({ q: null, area: null })}>{say(words.clearFilters)}</Button>
            </EmptyState>
          ) : (
            <List key={JSON.stringify(filters)} rows={rows} />
          )
        }
      </Show>
    </>
  );
}

function List({ rows }: { rows: readonly CooperativeRow[] }) {
  const shown = useSignal(SHOWN);
  return (
    <>
      <table class="table stack">
        <thead>
          <tr>
            <th scope="col">{say(words.cooperative)}</th>
            <th scope="col">{say(words.unit)}</th>
            <th scope="col">{say(words.operatingStatus)}</th>
            <th scope="col">{say(words.fiveHaves)}</th>
            <th scope="col">{say(words.lastVisit)}</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, shown.value).map((row) => {
            const state = operatingStatuses[row.operating_status];
            return (
              <tr key={row.id}>
                <th scope="row">
                  <a href={`/office/cooperatives/${row.id}`}>{row.name}</a>{" "}
                  {row.title && <Chip tone="blue" word={say(titles[row.title])} />}
                  {row.provisional && <Chip tone="ochre" word={say(words.provisional)} />}
                </th>
                <td>{row.area_name}</td>
                <td>
                  <Chip tone={state.tone} word={say(state.word)} />
                </td>
                <td data-label={say(words.fiveHaves)}>{say(fiveHavesWord(row.five_haves_met))}</td>
                <td data-label={say(words.lastVisit)}>{row.last_visit_at === null ? say(words.never) : day(row.last_visit_at)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {rows.length > shown.value && (
        <Button kind="quiet" big onClick={() => (shown.value += SHOWN)}>
          {say(words.showMore(rows.length - shown.value))}
        </Button>
      )}
    </>
  );
}

/** Whether the five haves are met, in words. */
export const fiveHavesWord = (met: boolean | null) =>
  met === null ? words.notAssessed : met ? words.fiveHavesMet : words.fiveHavesNotMet;
