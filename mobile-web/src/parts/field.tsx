// Something to write or pick, with its label, a hint, and what is wrong with it.
import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import "./field.css";

interface About {
  label: string;
  /** The label is there for screen readers only. */
  hideLabel?: boolean;
  /** What helps to fill it. */
  hint?: string;
  /** What is wrong and what to do. */
  error?: string | null;
}

type Labelled = About & {
  children: (wired: { id: string; "aria-describedby": string | undefined; "aria-invalid": true | undefined }) => ComponentChildren;
};

function Labelled({ label, hideLabel, hint, error, children }: Labelled) {
  const id = useId();
  const told = Boolean(hint || error);
  return (
    <div class="field">
      <label for={id} class={hideLabel ? "unseen" : undefined}>
        {label}
      </label>
      {children({
        id,
        "aria-describedby": told ? `${id}-told` : undefined,
        "aria-invalid": error ? true : undefined,
      })}
      {told && (
        <p id={`${id}-told`} class={error ? "field-error" : "quiet"} role={error ? "alert" : undefined}>
          {error ? <><span aria-hidden="true">! </span>{error}</> : hint}
        </p>
      )}
    </div>
  );
}

interface FieldProps extends About {
  value: string;
  onInput: (value: string) => void;
  onBlur?: () => void;
  type?: "text" | "password" | "search" | "tel" | "number" | "date";
  inputMode?: "text" | "numeric" | "decimal" | "tel" | "search";
  name?: string;
  autocomplete?: "username" | "current-password" | "off";
  placeholder?: string;
  min?: string | number;
  max?: string | number;
  step?: string | number;
  maxLength?: number;
  required?: boolean;
  disabled?: boolean;
  /** Shown behind the value, such as a unit. */
  unit?: string;
}

/** One line to write. */
export function Field({ label, hideLabel, hint, error, onInput, unit, type = "text", ...input }: FieldProps) {
  return (
    <Labelled label={label} hideLabel={hideLabel} hint={hint} error={error}>
      {(wired) => (
        <span class="field-line">
          <input {...input} {...wired} type={type as "text"} onInput={(event) => onInput(event.currentTarget.value)} />
          {unit && <span class="quiet">{unit}</span>}
        </span>
      )}
    </Labelled>
  );
}

interface TextAreaProps extends About {
  value: string;
  onInput: (value: string) => void;
  onBlur?: () => void;
  placeholder?: string;
  rows?: number;
  maxLength?: number;
  disabled?: boolean;
  /** Takes the focus when it appears. */
  autofocus?: boolean;
}

/** Several lines to write; it grows with what is written. */
export function TextArea({ label, hideLabel, hint, error, onInput, rows = 3, autofocus, ...area }: TextAreaProps) {
  const written = useRef<HTMLTextAreaElement>(null);
  // The attribute of this name works only while a page or a dialog opens.
  useLayoutEffect(() => {
    if (autofocus) written.current?.focus();
  }, []);
  return (
    <Labelled label={label} hideLabel={hideLabel} hint={hint} error={error}>
      {(wired) => (
        <textarea {...area} {...wired} ref={written} rows={rows} onInput={(event) => onInput(event.currentTarget.value)} />
      )}
    </Labelled>
  );
}

interface SelectProps<V extends string> extends About {
  value: V;
  options: readonly { value: V; label: string }[];
  onChange: (value: V) => void;
  disabled?: boolean;
}

/** One of many, by the browser's own list. */
export function Select<V extends string>({ label, hideLabel, hint, error, options, onChange, ...select }: SelectProps<V>) {
  return (
    <Labelled label={label} hideLabel={hideLabel} hint={hint} error={error}>
      {(wired) => (
        <select
          {...select}
          {...wired}
          onChange={(event) => {
            const chosen = options[event.currentTarget.selectedIndex];
            if (chosen) onChange(chosen.value);
          }}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Labelled>
  );
}
