// One of a few, side by side, each as large as a thumb: native radio buttons underneath.
import { useId } from "preact/hooks";
import "./segments.css";

/** One thing to choose. */
export interface Segment<V extends string> {
  value: V;
  label: string;
  /** Its colour once chosen; a sign goes with it. Green unless said. */
  tone?: "green" | "brick" | "grey";
}

const SIGNS = { green: "✓", brick: "✕", grey: "–" };

interface SegmentsProps<V extends string> {
  /** What is asked; read by screen readers, shown only with `showLabel`. */
  label: string;
  showLabel?: boolean;
  segments: readonly Segment<V>[];
  /** The one chosen; none yet is null. */
  value: V | null;
  onChange: (value: V) => void;
  /** Pressing the chosen one again takes it back. */
  onClear?: () => void;
  disabled?: boolean;
}

/** Segments. */
export function Segments<V extends string>(props: SegmentsProps<V>) {
  const { label, showLabel, segments, value, onChange, onClear, disabled } = props;
  const name = useId();
  return (
    <fieldset class="segments-field" disabled={disabled}>
      <legend class={showLabel ? "segments-label" : "unseen"}>{label}</legend>
      <div class="segments">
        {segments.map((segment) => {
          const chosen = segment.value === value;
          return (
            <label key={segment.value} class={`segment ${segment.tone ?? "green"}`}>
              <input
                type="radio"
                name={name}
                value={segment.value}
                checked={chosen}
                onChange={() => onChange(segment.value)}
                onClick={() => chosen && onClear?.()}
              />
              <span>
                {chosen && <i aria-hidden="true">{SIGNS[segment.tone ?? "green"]} </i>}
                {segment.label}
              </span>
            </label>
          );
        })}
      </div>
    </fieldset>
  );
}
