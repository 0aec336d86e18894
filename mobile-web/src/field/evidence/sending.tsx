// Evidence on its way to the server: how much waits, what keeps it, and each file that was not taken.
import { useSignal } from "@preact/signals";
import { Button, Card, Chip, Dialog, Notice, Progress, Segments } from "../../parts";
import { type KeptFile } from "../../sync/evidence";
import { type Carrying, knowsWifi, wifiOnly } from "../../sync/uploader";
import { say } from "../../words";
import { evidence as words } from "../../words/evidence";
import { field } from "../../words/field";
import { dayTime, size } from "../../words/format";
import { problemText, refusalText } from "../../words/problems";
import { shared } from "../../words/shared";
import { cooperativeName } from "../cooperatives/name";
import { paths } from "../paths";
import { useWork } from "../work";
import { lowRoom } from "./adding";
import { type Kept, keptEvidence } from "./kept";
import { saveCopy } from "./save-copy";

const bytesIn = (files: readonly KeptFile[]): number => files.reduce((sum, { added }) => sum + added.file.bytes, 0);

/** The card; nothing where nothing waits. */
export function SendingCard() {
  const kept = keptEvidence(useWork()).value;
  if (!kept) return null;
  const waiting = kept.uploader.waiting().map(([, file]) => file);
  const refused = [...kept.evidence.files.value].filter(([, file]) => file.refused);
  const low = lowRoom();
  return (
    <>
      {low !== null && <Notice tone="ochre">{say(words.low(size(low)))}</Notice>}
      {refused.map(([id, file]) => <RefusedCard key={id} kept={kept} id={id} file={file} />)}
      {waiting.length > 0 && (
        <section class="part">
          <h2>{say(words.sendingTitle)}</h2>
          <Card>
            <p>{say(words.sendingLeft(waiting.length, size(bytesIn(waiting))))}</p>
            <How kept={kept} />
            <p class="quiet">{say(words.sendingOpen)}</p>
          </Card>
        </section>
      )}
    </>
  );
}

function How({ kept: { uploader } }: { kept: Kept }) {
  const how = uploader.carrying.value;
  const anyway = <Button onClick={() => void uploader.work(true)}>{say(words.sendAnyway)}</Button>;
  const again = <Button onClick={() => void uploader.work()}>{say(shared.tryAgain)}</Button>;
  switch (how.is) {
    case "sending":
      return <Moving how={how} />;
    case "waiting_for_wifi":
      return <Notice tone="grey" action={anyway}>{say(words.waitsForWifi)}</Notice>;
    case "offline":
      return <Notice tone="grey">{say(words.waitsOffline)}</Notice>;
    case "unreachable":
      return <Notice tone="ochre" action={again}>{say(words.waitsUnreachable)}</Notice>;
    case "not_taking":
      return <Notice tone="ochre" action={again}>{say(words.waitsNotTaking)}</Notice>;
    case "idle":
      return <p>{again}</p>;
  }
}

function Moving({ how: { sent, of } }: { how: Extract<Carrying, { is: "sending" }> }) {
  return (
    <>
      <Progress label={say(words.sendingProgress)} done={sent} of={of} />
      <p class="quiet">{say(words.sendingNow(size(sent), size(of)))}</p>
    </>
  );
}

/** A file that was not taken: why, and what can be done. */
function RefusedCard({ kept, id, file }: { kept: Kept; id: string; file: KeptFile }) {
  const { replica } = useWork();
  const asking = useSignal(false);
  const { refused, visit, added, entered } = file;
  if (!refused) return null;
  const summary = replica.summaries.value.get(visit);
  const save = async (): Promise<void> => {
    const bytes = await kept.evidence.bytes(id);
    if (bytes) saveCopy(bytes, added.file.name || `${say(words.photoNumber(1))} ${dayTime(added.file.taken_at)}`);
  };
  const again = async (): Promise<void> => {
    await kept.evidence.tryAgain(id);
    await kept.uploader.work();
  };
  return (
    <Card tone="brick">
      <a class="card-title" href={paths.visit(visit)}>{summary ? cooperativeName(replica, summary) : say(field.visit)}</a>
      <p class="chips">
        <Chip tone="brick" word={say(entered ? words.refused : words.refusedOfRecord)} />
        <span class="quiet">{added.file.name || say(words.takenAt(dayTime(added.file.taken_at)))}</span>
      </p>
      <p>{say(refused.by === "record" ? refusalText(refused.code) : problemText(refused.code))}</p>
      <div class="chips">
        <Button kind="main" onClick={() => void again()}>{say(shared.tryAgain)}</Button>
        <Button onClick={() => void save()}>{say(words.save)}</Button>
        {!entered && <Button kind="quiet" onClick={() => (asking.value = true)}>{say(words.letGo)}</Button>}
      </div>
      {asking.value && (
        <Dialog
          title={say(words.letGo)}
          onClose={() => (asking.value = false)}
          actions={
            <>
              <Button onClick={() => (asking.value = false)}>{say(shared.cancel)}</Button>
              <Button kind="danger" onClick={() => void kept.evidence.letGo(id)}>{say(words.letGo)}</Button>
            </>
          }
        >
          <p>{say(words.letGoMeans)}</p>
        </Dialog>
      )}
    </Card>
  );
}

/** How much evidence this phone keeps, and over which lines it is sent. */
export function EvidenceKept() {
  const kept = keptEvidence(useWork()).value;
  if (!kept) return null;
  const files = [...kept.evidence.files.value.values()];
  return (
    <>
      <p class="quiet">
        {say(words.keptOnPhone(files.length, size(bytesIn(files))))} {say(words.keptFor)}
      </p>
      <Segments
        label={say(words.wifiOnly)}
        showLabel
        segments={[
          { value: "yes", label: say(words.on) },
          { value: "no", label: say(words.off) },
        ]}
        value={wifiOnly.value ? "yes" : "no"}
        onChange={(chosen) => (wifiOnly.value = chosen === "yes")}
      />
      {!knowsWifi && <p class="quiet">{say(words.wifiOnlyUnknown)}</p>}
    </>
  );
}

/** How much of a record's evidence has arrived. */
export function ArrivedLine({ visit, evidence }: { visit: string; evidence: readonly string[] }) {
  const kept = keptEvidence(useWork()).value;
  if (!kept || evidence.length === 0) return null;
  const arrived = evidence.filter((id) => kept.evidence.hasArrived(visit, id)).length;
  const isAll = arrived === evidence.length;
  return (
    <p class="chips" role="status">
      <Chip
        tone={isAll ? "green" : "ochre"}
        word={say(isAll ? words.allArrived(arrived) : words.arrivedOf(arrived, evidence.length))}
      />
      {!isAll && <span class="quiet">{say(words.sendingOpen)}</span>}
    </p>
  );
}
