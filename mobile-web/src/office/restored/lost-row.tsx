// A row of the register as phones remember it, beside what stands there now: only what differs.
import { areas, type LostRow } from "../../api";
import { operatingStatuses, titles } from "../../states";
import { say, type Text } from "../../words";
import { backup as words } from "../../words/backup";
import { office } from "../../words/office";
import { fiveHavesWord } from "../cooperatives/cooperatives";
import { useLoaded } from "../loaded";

/** What the fields of a cooperative are called; others go by their own name. */
const FIELDS: Readonly<Record<string, Text>> = {
  name: office.cooperative,
  area: office.unit,
  credit_code: office.creditCode,
  operating_status: office.operatingStatus,
  address: office.address,
  chair: office.chair,
  telephone: office.telephone,
  title: office.title,
  established: office.established,
  products: office.products,
  five_haves_met: office.fiveHaves,
  newest_counted: office.newestCounted,
};

type Fields = Readonly<Record<string, unknown>>;

/** What is said of one row. */
export function LostRowCard({ lost }: { lost: LostRow }) {
  const known = useLoaded("areas", areas, false).value?.areas ?? [];
  const { before, remembered } = lost;
  const fields = [...new Set([...Object.keys(before ?? {}), ...Object.keys(remembered)])];
  const differs = (field: string) => JSON.stringify(before?.[field]) !== JSON.stringify(remembered[field]);
  const shown = before === null ? fields.filter((field) => field in FIELDS) : fields.filter(differs);
  const value = (of: Fields, field: string): string => {
    const raw = of[field] ?? null;
    if (field === "five_haves_met") return say(fiveHavesWord(raw as boolean | null));
    if (raw === null || raw === "") return say(words.nothingElse);
    if (field === "area") return known.find(({ code }) => code === raw)?.name ?? String(raw);
    if (field === "operating_status") return say(operatingStatuses[raw as keyof typeof operatingStatuses].word);
    if (field === "title") return say(titles[raw as keyof typeof titles]);
    return typeof raw === "object" ? JSON.stringify(raw) : String(raw);
  };
  return (
    <>
      <h3>{value(remembered, "name")}</h3>
      {before === null && <p>{say(words.noRow)}</p>}
      <dl class="restored-fields">
        {shown.map((field) => (
          <div key={field}>
            <dt>{field in FIELDS ? say(FIELDS[field] as Text) : field}</dt>
            <dd>
              {before !== null && <>{value(before, field)} → </>}
              <b>{value(remembered, field)}</b>
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}
