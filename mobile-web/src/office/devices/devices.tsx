// Which phones have not been heard of since when, with how much they last said was unsent.
import { useEffect } from "preact/hooks";
import { devices, type DeviceRow } from "../../api";
import { Chip, EmptyState, PageHeader, type Tone } from "../../parts";
import { say } from "../../words";
import { ago, dayTime, daysBetween } from "../../words/format";
import { office as words } from "../../words/office";
import { shared } from "../../words/shared";
import { Show, useLoaded } from "../loaded";
import { BackupCard } from "./backup-card";

/** After so many days of silence somebody should ask. */
const SOON_DAYS = 3;
const LATE_DAYS = 7;

/** The screen. */
export function Devices() {
  const loaded = useLoaded("devices", devices);
  useEffect(() => {
    document.title = `${say(words.devices)} · ${say(shared.product)}`;
  });
  return (
    <>
      <PageHeader title={say(words.devicesTitle)} about={say(words.devicesAbout)} />
      <BackupCard />
      <Show loaded={loaded}>
        {({ devices: rows }) =>
          rows.length === 0 ? (
            <EmptyState title={say(words.noDevices)} text={say(words.noDevicesHint)} />
          ) : (
            <List rows={rows} />
          )
        }
      </Show>
    </>
  );
}

function List({ rows }: { rows: readonly DeviceRow[] }) {
  return (
    <table class="table stack">
      <thead>
        <tr>
          <th scope="col">{say(words.personAndDevice)}</th>
          <th scope="col">{say(words.area)}</th>
          <th scope="col">{say(words.lastContact)}</th>
          <th scope="col">{say(words.unsent)}</th>
          <th scope="col">{say(words.appVersion)}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.device}>
            <th scope="row">
              {row.person_name} <span class="quiet">{row.name}</span>
            </th>
            <td>{row.area_name}</td>
            <td>
              <Chip tone={silence(row)} word={ago(row.last_contact_at)} />{" "}
              <span class="quiet">{dayTime(row.last_contact_at)}</span>
            </td>
            <td data-label={say(words.unsent)}>{unsentWord(row)}</td>
            <td class="quiet" data-label={say(words.appVersion)}>
              {row.app ?? "—"}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function silence(row: DeviceRow): Tone {
  const days = daysBetween(row.last_contact_at, Date.now());
  return days >= LATE_DAYS ? "brick" : days >= SOON_DAYS ? "ochre" : "green";
}

function unsentWord({ unsent }: DeviceRow): string {
  if (!unsent) return say(words.neverReported);
  if (unsent.changes === 0) return say(words.allSent);
  const text = say(words.unsentCount(unsent.records, unsent.changes));
  return unsent.oldest_at === null ? text : `${text} · ${say(words.oldestUnsent(ago(unsent.oldest_at)))}`;
}
