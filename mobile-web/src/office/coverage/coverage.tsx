// Coverage of a half-year: the figures, the rule that picked them, every unit as table and picture. Every
// figure opens its list.
import { useEffect } from "preact/hooks";
import { areas, coverage, type Coverage, type CoverageCounts, type Figure } from "../../api";
import { Card, EmptyState, PageHeader, Progress, Select } from "../../parts";
import { address, setQuery } from "../../route";
import { person } from "../../session";
import { say } from "../../words";
import { dayAt, dayTime, fullDay, number, share } from "../../words/format";
import { office as words } from "../../words/office";
import { shared } from "../../words/shared";
import { Show, useLoaded } from "../loaded";
import { lastPeriods, periodOf } from "../period";
import { figureWords, periodWord } from "./figures";
import "./coverage.css";

/** Four years of half-years to choose from. */
const PERIODS = 8;

/** What the address asks for, or what is nearest: this half-year, all that the person may see. */
export function asked(): { period: string; area: string } {
  const search = address.value.searchParams;
  const widest = person.value?.roles.filter(({ role }) => role !== "coordinator").map(({ area }) => area).sort()[0];
  return { period: search.get("period") ?? periodOf(Date.now()), area: search.get("area") ?? widest ?? "" };
}

/** The list behind a figure. */
export const listOf = (of: { period: string; area: string }, figure: Figure) =>
  `/office/coverage/list?${new URLSearchParams({ period: of.period, area: of.area, figure })}`;

/** The screen. */
export function CoverageScreen() {
  const filters = asked();
  const loaded = useLoaded(JSON.stringify(filters), (signal) => coverage(filters, signal));
  const known = useLoaded("areas", areas, false).value?.areas ?? [];
  useEffect(() => {
    document.title = `${say(words.coverage)} · ${say(shared.product)}`;
  });
  return (
    <>
      <PageHeader
        title={say(words.coverageTitle)}
        about={
          loaded.value && (
            <>
              {say(periodWord(loaded.value.period))} · {say(words.asOf(dayTime(loaded.value.as_of_at)))}
            </>
          )
        }
        end={
          <div class="coverage-pickers no-print">
            <Select
              label={say(words.period)}
              hideLabel
              value={filters.period}
              options={[...new Set([...lastPeriods(Date.now(), PERIODS), filters.period])].map((period) => ({
                value: period,
                label: say(periodWord(period)),
              }))}
              onChange={(period) => setQuery({ period })}
            />
            {known.length > 1 && (
              <Select
                label={say(words.area)}
                hideLabel
                value={filters.area}
                options={known.map(({ code, name }) => ({ value: code, label: name }))}
                onChange={(area) => setQuery({ area })}
              />
            )}
          </div>
        }
      />
      <Show loaded={loaded}>{(value) => <Figures value={value} />}</Show>
    </>
  );
}

function Figures({ value }: { value: Coverage }) {
  const { total } = value;
  if (value.units.length === 0) return <EmptyState title={say(words.noUnits)} text={say(words.noUnitsHint)} />;
  return (
    <>
      <div class="coverage-cards">
        <Card>
          <h2 class="quiet">{say(words.coverageRate)}</h2>
          <p>
            <strong class="coverage-rate">{share(total.counted, total.due)}</strong>{" "}
            <FigureLink of={value} figure="counted" count={total.counted} /> /{" "}
            <FigureLink of={value} figure="due" count={total.due} unit />
          </p>
          <Progress label={say(words.coverageRate)} done={total.counted} of={total.due} />
          <p class="quiet">
            {say(words.countedOfDue)} · <FigureLink of={value} figure="not_counted" count={total.due - total.counted} word />
          </p>
        </Card>
        <FigureCard of={value} figure="visited" counts={total} hint={say(words.visitedHint)} />
        <FigureCard of={value} figure="attempted" counts={total} hint={say(words.attemptedHint)} />
        <FigureCard of={value} figure="overdue" counts={total} hint={say(words.overdueHint)} alarm />
      </div>
      <section class="coverage-units">
        <h2>{say(words.units)}</h2>
        <Legend />
        <Units value={value} />
      </section>
      <section class="coverage-rule">
        <h2>{say(words.ruleTitle)}</h2>
        <p>{say(words.ruleDue)}</p>
        <p>{say(words.ruleCounted)}</p>
        <p>{say(words.ruleOthers)}</p>
        <p class="quiet">{say(words.ruleOf(value.rule, fullDay(dayAt(value.from)), fullDay(dayAt(value.to))))}</p>
      </section>
    </>
  );
}

interface LinkProps {
  of: { period: string; area: string };
  figure: Figure;
  count: number;
  /** With its unit behind it. */
  unit?: boolean;
  /** With its own word before it. */
  word?: boolean;
}

/** A figure that opens its list. */
function FigureLink({ of, figure, count, unit, word }: LinkProps) {
  return (
    <a class="figure-link" href={listOf(of, figure)}>
      {word && <>{say(figureWords[figure])} </>}
      {number(count)}
      {unit && <> {say(words.unitCooperatives)}</>}
      {!word && <span class="unseen"> {say(figureWords[figure])}</span>}
    </a>
  );
}

interface FigureCardProps {
  of: { period: string; area: string };
  figure: "visited" | "attempted" | "overdue";
  counts: CoverageCounts;
  hint: string;
  alarm?: boolean;
}

function FigureCard({ of, figure, counts, hint, alarm }: FigureCardProps) {
  const count = counts[figure];
  return (
    <Card>
      <h2 class="quiet">{say(figureWords[figure])}</h2>
      <p>
        <a class={`coverage-figure${alarm && count > 0 ? " alarm" : ""}`} href={listOf(of, figure)}>
          {alarm && count > 0 && <span aria-hidden="true">! </span>}
          {number(count)}
        </a>{" "}
        {say(words.unitCooperatives)}
      </p>
      <p class="quiet">{hint}</p>
    </Card>
  );
}

/** Every unit: figures as links, the bar made of them, and a strip of weeks. The picture repeats the figures, so it is not read aloud. */
function Units({ value }: { value: Coverage }) {
  const busiest = Math.max(1, ...value.units.flatMap(({ weeks }) => weeks));
  const hasWeeks = value.units.some(({ weeks }) => weeks.length > 0);
  return (
    <div class="coverage-scroll">
      <table class="table coverage-table">
        <thead>
          <tr>
            <th scope="col">{say(words.unit)}</th>
            {(["due", "visited", "counted", "attempted", "overdue"] as const).map((figure) => (
              <th key={figure} scope="col" class="figure">
                {say(figureWords[figure])}
              </th>
            ))}
            <th scope="col" class="figure">
              {say(words.coverageShort)}
            </th>
            <th scope="col" class="coverage-picture" aria-hidden="true" />
            {hasWeeks && (
              <th scope="col" class="coverage-weeks" aria-hidden="true">
                {say(words.weeks)}
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {value.units.map((unit) => (
            <UnitRow key={unit.area} of={{ period: value.period, area: unit.area }} name={unit.area_name} counts={unit} busiest={busiest} hasWeeks={hasWeeks} />
          ))}
        </tbody>
        <tfoot>
          <UnitRow of={value} name={say(words.total)} counts={value.total} busiest={busiest} hasWeeks={false} />
        </tfoot>
      </table>
    </div>
  );
}

interface UnitRowProps {
  of: { period: string; area: string };
  name: string;
  counts: CoverageCounts;
  busiest: number;
  hasWeeks: boolean;
}

function UnitRow({ of, name, counts, busiest, hasWeeks }: UnitRowProps) {
  return (
    <tr>
      <th scope="row">{name}</th>
      {(["due", "visited", "counted", "attempted", "overdue"] as const).map((figure) => (
        <td key={figure} class={`figure${figure === "overdue" && counts.overdue > 0 ? " alarm" : ""}`} data-label={say(figureWords[figure])}>
          <FigureLink of={of} figure={figure} count={counts[figure]} />
        </td>
      ))}
      <td class="figure coverage-share" data-label={say(words.coverageShort)}>
        {share(counts.counted, counts.due)}
      </td>
      <td class="coverage-picture" aria-hidden="true">
        <Bar counts={counts} />
      </td>
      {hasWeeks && (
        <td class="coverage-weeks" aria-hidden="true">
          <Weeks weeks={counts.weeks} busiest={busiest} />
        </td>
      )}
    </tr>
  );
}

/** Counted, visited without counting, and attempted, out of what is due. */
function Bar({ counts }: { counts: CoverageCounts }) {
  const width = (count: number) => (counts.due === 0 ? 0 : Math.min(100, (count / counts.due) * 100));
  const parts = [
    { look: "counted", at: 0, wide: width(counts.counted) },
    { look: "visited", at: width(counts.counted), wide: width(counts.visited - counts.counted) },
    { look: "attempted", at: width(counts.visited), wide: width(counts.attempted) },
  ];
  return (
    <svg class="coverage-bar" viewBox="0 0 100 10" preserveAspectRatio="none">
      <rect class="due" width={100} height={10} />
      {parts.map(({ look, at, wide }) => (
        <rect key={look} class={look} x={at} width={Math.min(wide, 100 - at)} height={10} />
      ))}
    </svg>
  );
}

/** One square a week, the darker the more visits count in it. */
function Weeks({ weeks, busiest }: { weeks: readonly number[]; busiest: number }) {
  return (
    <svg class="coverage-strip" viewBox={`0 0 ${weeks.length * 12} 12`} width={weeks.length * 12} height={12}>
      {weeks.map((count, at) => (
        <rect key={at} x={at * 12} y={0} width={10} height={12} rx={2} class={count === 0 ? "none" : "some"} fill-opacity={count === 0 ? 1 : 0.25 + (0.75 * count) / busiest} />
      ))}
    </svg>
  );
}

function Legend() {
  return (
    <p class="coverage-legend quiet" aria-hidden="true">
      {(["counted", "visited", "attempted"] as const).map((look) => (
        <span key={look}>
          <svg viewBox="0 0 10 10" width={10} height={10} class="coverage-bar-key">
            <rect class={look} width={10} height={10} rx={2} />
          </svg>{" "}
          {say(look === "visited" ? words.visitedOnly : figureWords[look])}
        </span>
      ))}
      <span class="coverage-legend-weeks">{say(words.weeksHint)}</span>
    </p>
  );
}
