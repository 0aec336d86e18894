// The position of a visit: what is recorded, and a way to record it.
import { Button, Card, Icon } from "../../parts";
import { say } from "../../words";
import { field as words } from "../../words/field";
import { dayTime, distance } from "../../words/format";
import type { OpenRecord } from "./open-record";
import { fixing, takeFix } from "./position";

/** The card. */
export function PositionCard({ record, disabled }: { record: OpenRecord; disabled: boolean }) {
  const fixes = Object.values(record.view.value?.inspection.fixes ?? {}).sort((a, b) => a.at - b.at);
  const newest = fixes.at(-1);
  const how = fixing(record.visit);
  return (
    <Card>
      <p role="status">
        {how.is === "asking"
          ? say(words.fixing)
          : newest
            ? say(words.fixTaken(distance(newest.position.accuracy_m), dayTime(newest.at)))
            : how.is === "failed"
              ? say(how.why)
              : say(words.fixNone)}
      </p>
      {newest && how.is === "failed" && <p class="quiet">{say(how.why)}</p>}
      {!disabled && (
        <Button busy={how.is === "asking"} onClick={() => takeFix(record)}>
          <Icon name="place" />
          {say(newest ? words.takeFixAgain : words.takeFix)}
        </Button>
      )}
    </Card>
  );
}
