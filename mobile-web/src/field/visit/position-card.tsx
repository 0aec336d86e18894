// The position of a visit: what is recorded and how exact, how far that is from the registered place, a way to
// record it, and the reason where there is none.
import { useSignal } from "@preact/signals";
import { SHORT_CHARS_MAX } from "../../core/limits";
import { Button, Card, Chip, Icon } from "../../parts";
import { metresBetween, PlaceSketch } from "../../place-sketch";
import type { Position } from "../../shapes";
import { say } from "../../words";
import { field as words } from "../../words/field";
import { dayTime, distance } from "../../words/format";
import { position as positionWords } from "../../words/position";
import { Autosaved } from "./autosaved";
import { Conflict } from "./conflict";
import type { OpenRecord } from "./open-record";
import { fixing, takeFix } from "./position";

/** What the note stands beside that says why there is no position. */
const POSITION = "position";
const REASONS = [positionWords.noneIndoors, positionWords.noneBroken, positionWords.noneDenied];

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
      {newest && <FromRegistered record={record} fixes={fixes.map(({ position }) => position)} />}
      {!disabled && (
        <Button busy={how.is === "asking"} onClick={() => takeFix(record)}>
          <Icon name="place" />
          {say(newest ? words.takeFixAgain : words.takeFix)}
        </Button>
      )}
      {!newest && how.is !== "asking" && <WhyNone record={record} disabled={disabled} />}
    </Card>
  );
}

/** How far the visit was from where the register puts the cooperative. */
function FromRegistered({ record, fixes }: { record: OpenRecord; fixes: readonly Position[] }) {
  const { replica } = record;
  const registered = replica.cooperatives.value.get(record.view.value?.summary.cooperative ?? "")?.position;
  if (!registered) return <p class="quiet">{say(positionWords.noRegistered)}</p>;
  const apart = Math.min(...fixes.map((fix) => metresBetween(registered, fix)));
  const { far_m = Infinity } = JSON.parse(replica.rules.value ?? "{}") as { far_m?: number };
  return (
    <>
      <PlaceSketch registered={registered} fixes={fixes} apart={apart} />
      <p class="chips">
        {apart > far_m && <Chip tone="ochre" word={say(positionWords.far)} />}
        <span class="quiet">{say(positionWords.fromRegistered(distance(apart)))}</span>
      </p>
      {apart > far_m && <p class="quiet">{say(positionWords.farHelp)}</p>}
    </>
  );
}

/** Why there is no position: picked, or written. */
function WhyNone({ record, disabled }: { record: OpenRecord; disabled: boolean }) {
  const reason = record.note(POSITION);
  const opened = useSignal(false);
  if (record.inConflict("note", POSITION)) return <Conflict record={record} of={{ field: "note", item: POSITION }} item={undefined} untitled />;
  if (disabled) return reason ? <p>{say(positionWords.noneReason)}: {reason}</p> : null;
  if (!opened.value && reason === "") {
    return <Button kind="quiet" onClick={() => (opened.value = true)}>{say(positionWords.noneTitle)}</Button>;
  }
  const because = (text: string): void => record.do({ command: "note", item: POSITION, text });
  return (
    <>
      {reason === "" && (
        <div class="chips">
          {REASONS.map((one) => <Button key={one.en} onClick={() => because(say(one))}>{say(one)}</Button>)}
        </div>
      )}
      <Autosaved
        label={say(positionWords.noneReason)}
        input={{}}
        maxLength={SHORT_CHARS_MAX}
        saved={reason}
        parse={(text) => ({ ok: text })}
        record={record}
        command={(text) => ({ command: "note", item: POSITION, text })}
      />
    </>
  );
}
