// Something written, saved by itself: shortly after a pause, on leaving the field, and when the page goes
// out of sight. What is being written is never overwritten by what arrives meanwhile.
import { useEffect, useRef, useState } from "preact/hooks";
import { Field, TextArea } from "../../parts";

/** Typing is saved within a second. */
const PAUSE_MS = 600;

/** What was written, or why it can't be saved as it stands. */
export type Parsed<T> = { ok: T } | { wrong: string };

interface AutosavedProps<T> {
  label: string;
  hideLabel?: boolean;
  /** What is saved, as text. */
  saved: string;
  parse: (text: string) => Parsed<T>;
  onSave: (value: T) => void;
  /** One line by this keyboard, or several lines. */
  input: { type?: "text" | "number" | "date"; inputMode?: "text" | "numeric" | "decimal"; unit?: string } | "lines";
  maxLength?: number;
  disabled?: boolean;
  /** Takes the focus when it appears. */
  autofocus?: boolean;
}

/** The field. */
export function Autosaved<T>(props: AutosavedProps<T>) {
  const { label, hideLabel, saved, parse, onSave, input, maxLength, disabled, autofocus } = props;
  const around = useRef<HTMLDivElement>(null);
  const [draft, setDraft] = useState<string | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  const save = useRef((): void => undefined);
  save.current = () => {
    clearTimeout(timer.current);
    if (draft === null || draft === saved) return setWrong(null);
    const parsed = parse(draft);
    if ("wrong" in parsed) return setWrong(parsed.wrong);
    setWrong(null);
    onSave(parsed.ok);
  };

  useEffect(() => {
    if (autofocus) around.current?.querySelector<HTMLElement>("input, textarea")?.focus();
  }, []);

  useEffect(() => {
    const outOfSight = (): void => save.current();
    document.addEventListener("visibilitychange", outOfSight);
    addEventListener("pagehide", outOfSight);
    return () => {
      document.removeEventListener("visibilitychange", outOfSight);
      removeEventListener("pagehide", outOfSight);
      save.current();
    };
  }, []);

  const wired = {
    label,
    hideLabel,
    maxLength,
    disabled,
    error: wrong,
    value: draft ?? saved,
    onInput: (text: string) => {
      setDraft(text);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => save.current(), PAUSE_MS);
    },
    onBlur: () => {
      save.current();
      if (draft !== null && !("wrong" in parse(draft))) setDraft(null);
    },
  };
  return (
    <div ref={around}>{input === "lines" ? <TextArea {...wired} /> : <Field {...wired} {...input} />}</div>
  );
}
