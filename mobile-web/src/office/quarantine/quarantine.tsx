// What was refused: the list beside what one person sent of one visit from one device.
import { useEffect } from "preact/hooks";
import { quarantine, type Parcel, type ParcelRow } from "../../api";
import { EmptyState, PageHeader, Row, Rows, Segments } from "../../parts";
import { address, go, setQuery } from "../../route";
import { wide } from "../../screen";
import { say } from "../../words";
import { day } from "../../words/format";
import { office } from "../../words/office";
import { quarantine as words } from "../../words/quarantine";
import { shared } from "../../words/shared";
import { Show, useLoaded } from "../loaded";
import { ParcelScreen, reasonsOf } from "./parcel";
import "./quarantine.css";

const keyOf = ({ visit, person, device }: Parcel) => `${visit}/${person}/${device}`;
const addressOf = (parcel: Parcel) => `/office/quarantine/${keyOf(parcel)}${address.value.search}`;

/** The screen. `open` is the parcel beside the list; its ids are empty where none is. */
export function QuarantineScreen({ open }: { open: Parcel }) {
  const state = address.value.searchParams.get("state") === "resolved" ? "resolved" : "open";
  const list = useLoaded(state, (signal) => quarantine(state, signal));
  const isOpen = open.visit !== "";
  const first = list.value?.parcels[0];

  useEffect(() => {
    document.title = `${say(office.quarantine)} · ${say(shared.product)}`;
  });
  // On a wide screen the newest opens by itself, so the right side is never empty while work waits.
  useEffect(() => {
    if (wide.value && !isOpen && first) go(addressOf(first), { replace: true });
  }, [wide.value, isOpen, first]);

  return (
    <div class={isOpen ? "quarantine reading" : "quarantine"}>
      <section class="quarantine-list no-print" aria-label={say(words.list)}>
        <PageHeader title={say(words.title)} about={say(words.about)} />
        <Segments
          label={say(words.state)}
          value={state}
          segments={[
            { value: "open", label: say(words.open) },
            { value: "resolved", label: say(words.resolved) },
          ]}
          onChange={(chosen) => setQuery({ state: chosen === "open" ? null : chosen })}
        />
        <Show loaded={list}>
          {({ parcels }) =>
            parcels.length === 0 ? (
              <EmptyState
                title={say(state === "open" ? words.noneOpen : words.noneResolved)}
                text={say(state === "open" ? words.noneOpenHint : words.noneResolvedHint)}
              />
            ) : (
              <Rows label={say(words.list)}>
                {parcels.map((row) => (
                  <ParcelEntry key={keyOf(row)} row={row} current={keyOf(row) === keyOf(open)} />
                ))}
              </Rows>
            )
          }
        </Show>
      </section>
      {isOpen && (
        <ParcelScreen
          key={keyOf(open)}
          parcel={open}
          back={{ href: `/office/quarantine${address.value.search}`, label: say(words.list) }}
        />
      )}
    </div>
  );
}

function ParcelEntry({ row, current }: { row: ParcelRow; current: boolean }) {
  return (
    <Row
      href={addressOf(row)}
      current={current}
      title={row.cooperative_name ?? say(words.unknownCooperative)}
      about={
        <>
          {row.person_name} · {row.area_name ?? say(words.noArea)} · {day(row.last_received_at)} · {say(words.count(row.changes))}
          <span class="quarantine-because">
            {row.resolutions.length > 0
              ? row.resolutions.map((resolution) => say(words[resolution])).join(" · ")
              : reasonsOf(row.codes).join(" · ")}
          </span>
        </>
      }
    />
  );
}
