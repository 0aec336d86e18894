// When the server last backed itself up, what failed since, and whether a restore left something to check.
import { backups, remembered, type Backups } from "../../api";
import { ButtonLink, Notice } from "../../parts";
import { person } from "../../session";
import { say } from "../../words";
import { backup as words } from "../../words/backup";
import { dayTime } from "../../words/format";
import { useLoaded } from "../loaded";
import "./backup-card.css";

/** A backup this much older than it should be is worth a word. */
const LATE_MS = 60 * 60 * 1000;

/** The notices. */
export function BackupCard() {
  const keeps = person.value?.roles.some(({ role }) => role === "district_office" || role === "administrator");
  const standing = useLoaded("backups", async (signal) => (keeps ? backups(signal) : null)).value;
  const since = useLoaded("remembered", remembered).value;
  const open = [...(since?.decisions ?? []), ...(since?.rows ?? [])].filter(({ settled }) => !settled).length;
  return (
    <div class="backup-card">
      {since && (open > 0 || since.rolled_back) && (
        <Notice tone="ochre" action={<ButtonLink href="/office/restored">{say(words.toRestored)}</ButtonLink>}>
          {open > 0 ? say(words.openCount(open)) : say(words.restored)}
        </Notice>
      )}
      {standing && <Standing standing={standing} />}
      {since && open === 0 && since.restores.length > 0 && <a href="/office/restored">{say(words.allChecked)}</a>}
    </div>
  );
}

function Standing({ standing: { scheduled } }: { standing: Backups }) {
  if (!scheduled) return <Notice tone="ochre">{say(words.notScheduled)}</Notice>;
  const { newest_at: newest, failed_at: failed, due_at: due } = scheduled;
  const late = failed !== null || newest === null || due + LATE_MS < Date.now();
  return (
    <Notice tone={failed !== null ? "brick" : late ? "ochre" : "green"}>
      {failed !== null && <>{say(words.failed(dayTime(failed)))} </>}
      {newest === null ? say(words.none) : say(words.newest(dayTime(newest)))}
      {" · "}
      {say(words.due(dayTime(due)))}
    </Notice>
  );
}
