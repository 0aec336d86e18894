// A record in one row: which cooperative, where it stands, whether it is sent.
import { Chip, Row } from "../../parts";
import type { RecordSummary } from "../../core/door";
import { say } from "../../words";
import { firstScreen as words } from "../../words/first-screen";
import { day, dayTime } from "../../words/format";
import { cooperativeName } from "../cooperatives/name";
import { outcomeLabels, statusLabels } from "../labels";
import { paths } from "../paths";
import { useWork } from "../work";

/** The row; `named` by its cooperative, else by its day. */
export function RecordRow({ summary, named = true }: { summary: RecordSummary; named?: boolean }) {
  const { replica } = useWork();
  const status = statusLabels[summary.status];
  const started = summary.started_at === null ? "" : day(summary.started_at);
  return (
    <Row
      href={paths.visit(summary.visit)}
      title={named ? cooperativeName(replica, summary) : started}
      about={
        <span class="chips">
          <Chip tone={status.tone} word={say(status.word)} />
          {summary.unsent > 0 && summary.oldest_unsent_at !== null && (
            <Chip tone="ochre" word={say(words.unsentSince(dayTime(summary.oldest_unsent_at)))} />
          )}
          {summary.conflicts > 0 && <Chip tone="ochre" word={say(words.conflictCount(summary.conflicts))} />}
          <span>
            {[
              named && started,
              summary.outcome && summary.outcome !== "held" && say(outcomeLabels[summary.outcome]),
              summary.status === "in_progress" && summary.missing > 0 && say(words.missingCount(summary.missing)),
            ].filter(Boolean).join(" · ")}
          </span>
        </span>
      }
    />
  );
}
