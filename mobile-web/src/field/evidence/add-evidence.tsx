// The button that adds evidence, and the sheet behind it: the camera, the gallery, or a file.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { EVIDENCE_BYTES_MAX } from "../../core/limits";
import { measureRoom } from "../../data/room";
import { Button, Dialog, Icon, Notice } from "../../parts";
import { say } from "../../words";
import { evidence as words } from "../../words/evidence";
import { size } from "../../words/format";
import { shared } from "../../words/shared";
import type { OpenRecord } from "../visit/open-record";
import { addFiles, addingTo, type Beside, lowRoom, type Source } from "./adding";
import type { Kept } from "./kept";
import { DOCUMENT_ENDINGS } from "./media-types";

interface AddProps {
  kept: Kept;
  record: OpenRecord;
  beside: Beside;
  /** What it is added to, in words. */
  title: string;
}

/** The button. */
export function AddEvidence({ kept, record, beside, title }: AddProps) {
  const choosing = useSignal(false);
  const adding = addingTo(record.visit, beside);
  const add = (files: readonly File[], source: Source): void => {
    choosing.value = false;
    void addFiles(kept.evidence, record, files, beside, source);
  };
  return (
    <>
      <Button kind="quiet" label={say(words.addTo(title))} onClick={() => (choosing.value = true)}>
        <Icon name="camera" />
        {say(words.add)}
      </Button>
      <span class="quiet" role="status">{adding > 0 && say(words.adding(adding))}</span>
      {choosing.value && <Sheet title={title} onChosen={add} onClose={() => (choosing.value = false)} />}
    </>
  );
}

interface SheetProps {
  title: string;
  onChosen: (files: readonly File[], source: Source) => void;
  onClose: () => void;
}

function Sheet({ title, onChosen, onClose }: SheetProps) {
  useEffect(() => void measureRoom(), []);
  const low = lowRoom();
  return (
    <Dialog
      title={say(words.addTo(title))}
      onClose={onClose}
      actions={<Button onClick={onClose}>{say(shared.cancel)}</Button>}
    >
      {low !== null && <Notice tone={low > 0 ? "ochre" : "brick"}>{say(low > 0 ? words.low(size(low)) : words.full)}</Notice>}
      <Way word={say(words.camera)} source="camera" accept="image/*" onChosen={onChosen} />
      <Way word={say(words.gallery)} source="gallery" accept="image/*" onChosen={onChosen} />
      <Way word={say(words.file)} source="file" accept={DOCUMENT_ENDINGS} onChosen={onChosen} />
      <p class="quiet">{say(words.limit(size(EVIDENCE_BYTES_MAX)))}</p>
    </Dialog>
  );
}

interface WayProps {
  word: string;
  source: Source;
  accept: string;
  onChosen: (files: readonly File[], source: Source) => void;
}

/** One way to add: a button in front of the browser's own file input. */
function Way({ word, source, accept, onChosen }: WayProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button big kind={source === "camera" ? "main" : "plain"} onClick={() => input.current?.click()}>{word}</Button>
      <input
        ref={input}
        type="file"
        hidden
        data-source={source}
        accept={accept}
        multiple={source !== "camera"}
        {...(source === "camera" && { capture: "environment" })}
        onChange={(event) => onChosen([...(event.currentTarget.files ?? [])], source)}
      />
    </>
  );
}
