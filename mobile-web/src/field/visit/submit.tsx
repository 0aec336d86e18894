// Handing a visit in: what that means, or what is still missing.
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { RecordView } from "../../core/door";
import { online } from "../../online";
import { Button, Dialog, Icon, Notice, Row, Rows, toast } from "../../parts";
import type { Missing, Section } from "../../shapes";
import { say } from "../../words";
import { field as words } from "../../words/field";
import { position } from "../../words/position";
import { shared } from "../../words/shared";
import { paths } from "../paths";
import { useWork } from "../work";
import type { OpenRecord } from "./open-record";
import { takeFix } from "./position";

/** The button, with the question behind it. */
export function Submit({ record, view }: { record: OpenRecord; view: RecordView }) {
  const { talker } = useWork();
  const asking = useSignal(false);
  const tooLate = useRef(new AbortController());
  const { status } = view.summary;
  const again = status === "returned";
  const word = say(again ? words.resubmit : words.submit);
  const ask = (): void => {
    asking.value = true;
    if (view.missing.length > 0) return;
    // Where she is when she hands it in; what comes after her word would change what she handed in.
    tooLate.current = new AbortController();
    takeFix(record, tooLate.current.signal);
  };
  const submit = async (): Promise<void> => {
    asking.value = false;
    tooLate.current.abort();
    record.do({ command: "submit" });
    await record.flush();
    if (record.saving.value.is === "failed") return;
    toast(say(words.submitted));
    talker.talk();
  };
  return (
    <>
      <Button kind="main" big onClick={ask}>
        {view.missing.length > 0 ? say(words.missingTitle(view.missing.length)) : word}
      </Button>
      {asking.value && view.missing.length > 0 && (
        <Dialog
          title={say(words.missingTitle(view.missing.length))}
          onClose={() => (asking.value = false)}
          actions={<Button onClick={() => (asking.value = false)}>{say(shared.close)}</Button>}
        >
          <p class="quiet">{say(words.notSubmittedYet)}</p>
          <MissingList record={record} missing={view.missing} onDone={() => (asking.value = false)} />
        </Dialog>
      )}
      {asking.value && view.missing.length === 0 && (
        <Dialog
          title={say(words.submitTitle)}
          onClose={() => (asking.value = false)}
          actions={
            <>
              <Button onClick={() => (asking.value = false)}>{say(shared.cancel)}</Button>
              <Button kind="main" onClick={() => void submit()}>{word}</Button>
            </>
          }
        >
          <p>{say(words.submitMeans)}</p>
          {view.conflicts.length > 0 && <Notice tone="ochre">{say(words.submitConflicts(view.conflicts.length))}</Notice>}
          {Object.keys(view.inspection.fixes).length === 0 && <Notice tone="ochre">{say(words.fixNone)}</Notice>}
          {!online.value && <Notice tone="grey">{say(words.submitOffline)}</Notice>}
        </Dialog>
      )}
    </>
  );
}

interface MissingListProps {
  record: OpenRecord;
  missing: readonly Missing[];
  onDone: () => void;
}

function MissingList({ record, missing, onDone }: MissingListProps) {
  const sections = record.checklist.value?.sections ?? [];
  const find = (id: string): { section: Section; title: string } | null => {
    const section = sections.find((one) => one.items.some((item) => item.id === id));
    const item = section?.items.find((one) => one.id === id);
    return section && item ? { section, title: say(item.title) } : null;
  };
  return (
    <Rows>
      {missing.map((one) => {
        const id = one.missing === "answer" ? one.item : "visit_outcome";
        const found = find(id);
        if (one.missing === "proof" || one.missing === "position") {
          const fix = (): void => {
            onDone();
            takeFix(record);
            document.getElementById("position")?.scrollIntoView({ block: "center" });
          };
          const word = one.missing === "proof" ? words.missingProof : position.missing;
          return <Row key={one.missing} title={say(word)} onClick={fix} end={<Icon name="place" />} />;
        }
        const title = one.missing === "outcome_note" ? say(words.missingOutcomeNote) : found?.title;
        return (
          <Row
            key={`${one.missing} ${id}`}
            title={title}
            about={found && say(found.section.title)}
            {...(found && { href: paths.item(record.visit, found.section.id, id) })}
            end={<Icon name="forward" />}
          />
        );
      })}
    </Rows>
  );
}
