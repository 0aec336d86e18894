// Something written, saved by itself: shortly after a pause, on leaving the field, and when the page goes
// out of sight; while the typing goes on, a draft is kept every second. What is being written is never
// overwritten by what arrives meanwhile.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Command } from "../../shapes";
import { Field, TextArea } from "../../parts";
import type { OpenRecord } from "./open-record";

const PAUSE_MS = 600;
const DRAFT_EVERY_MS = 1_000;

/** What was written, or why it can't be saved as it stands. */
export type Parsed<T> = { ok: T } | { wrong: string };

interface AutosavedProps<T> {
  label: string;
  hideLabel?: boolean;
  /** What is saved, as text. */
  saved: string;
  parse: (text: string) => Parsed<T>;
  record: OpenRecord;
  /** What writing this value into the record is. */
  command: (value: T) => Command;
  /** One line by this keyboard, or several lines. */
  input: { type?: "text" | "number" | "date"; inputMode?: "text" | "numeric" | "decimal"; unit?: string } | "lines";
  maxLength?: number;
  disabled?: boolean;
  /** Takes the focus when it appears. */
  autofocus?: boolean;
}

type Timer = ReturnType<typeof setTimeout> | undefined;

/** The field. */
export function Autosaved<T>(props: AutosavedProps<T>) {
  const { label, hideLabel, saved, parse, record, command, input, maxLength, disabled, autofocus } = props;
  const around = useRef<HTMLDivElement>(null);
  const [written, setWritten] = useState<string | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const pause = useRef<Timer>(undefined);
  const drafting = useRef<Timer>(undefined);
  /** An input method is still putting a character together; until then the text is half pinyin. */
  const composing = useRef(false);

  /** The command that is not carried out yet; null where there is none, or none that could be. */
  const unsaved = (): Command | null => {
    if (written === null || written === saved) return null;
    const parsed = parse(written);
    return "ok" in parsed ? command(parsed.ok) : null;
  };

  const save = (): void => {
    clearTimeout(pause.current);
    clearTimeout(drafting.current);
    drafting.current = undefined;
    const parsed = written === null ? null : parse(written);
    setWrong(parsed && "wrong" in parsed ? parsed.wrong : null);
    const missing = unsaved();
    if (missing) record.do(missing);
  };

  const draft = (): void => {
    drafting.current = undefined;
    const missing = composing.current ? null : unsaved();
    if (missing) record.draft(missing);
  };

  // Timers and listeners outlive a rendering and must see the newest one.
  const newest = useRef({ save, draft });
  newest.current = { save, draft };

  const saveAfterPause = (): void => {
    clearTimeout(pause.current);
    if (composing.current) return;
    pause.current = setTimeout(() => newest.current.save(), PAUSE_MS);
    drafting.current ??= setTimeout(() => newest.current.draft(), DRAFT_EVERY_MS);
  };

  useLayoutEffect(() => {
    if (autofocus) around.current?.querySelector<HTMLElement>("input, textarea")?.focus();
  }, []);

  useEffect(() => {
    const outOfSight = (): void => newest.current.save();
    document.addEventListener("visibilitychange", outOfSight);
    addEventListener("pagehide", outOfSight);
    return () => {
      document.removeEventListener("visibilitychange", outOfSight);
      removeEventListener("pagehide", outOfSight);
      newest.current.save();
    };
  }, []);

  const wired = {
    label,
    hideLabel,
    maxLength,
    disabled,
    error: wrong,
    value: written ?? saved,
    onInput: (text: string) => {
      setWritten(text);
      saveAfterPause();
    },
    onBlur: () => {
      composing.current = false;
      save();
      if (written !== null && "ok" in parse(written)) setWritten(null);
    },
  };
  return (
    <div
      ref={around}
      onCompositionStart={() => (composing.current = true)}
      onCompositionEnd={() => {
        composing.current = false;
        saveAfterPause();
      }}
    >
      {input === "lines" ? <TextArea {...wired} /> : <Field {...wired} {...input} />}
    </div>
  );
}
