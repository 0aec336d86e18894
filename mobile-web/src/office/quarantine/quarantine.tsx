// What the server kept apart, whole, with who sent it, when, and why.
import { useEffect } from "preact/hooks";
import { quarantine, type QuarantineRow } from "../../api";
import { EmptyState, PageHeader } from "../../parts";
import { say } from "../../words";
import { dayTime } from "../../words/format";
import { office as words } from "../../words/office";
import { quarantineText } from "../../words/problems";
import { shared } from "../../words/shared";
import { Show, useLoaded } from "../loaded";

/** The screen. */
export function Quarantine() {
  const loaded = useLoaded("quarantine", quarantine);
  useEffect(() => {
    document.title = `${say(words.quarantine)} · ${say(shared.product)}`;
  });
  return (
    <>
      <PageHeader title={say(words.quarantineTitle)} about={say(words.quarantineAbout)} />
      <Show loaded={loaded}>
        {({ changes }) =>
          changes.length === 0 ? (
            <EmptyState title={say(words.noQuarantine)} text={say(words.noQuarantineHint)} />
          ) : (
            <List rows={changes} />
          )
        }
      </Show>
    </>
  );
}

function List({ rows }: { rows: readonly QuarantineRow[] }) {
  return (
    <table class="table stack">
      <thead>
        <tr>
          <th scope="col">{say(words.cooperative)}</th>
          <th scope="col">{say(words.reason)}</th>
          <th scope="col">{say(words.sentBy)}</th>
          <th scope="col">{say(words.received)}</th>
          <th scope="col">{say(words.changeName)}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.visit + row.hash}>
            <th scope="row">{row.cooperative_name ?? say(words.unknownCooperative)}</th>
            <td>{say(quarantineText(row.code))}</td>
            <td data-label={say(words.sentBy)}>{row.person_name}</td>
            <td data-label={say(words.received)}>{dayTime(row.received_at)}</td>
            <td data-label={say(words.changeName)}>
              <code>{row.hash.slice(0, 8)}</code>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
