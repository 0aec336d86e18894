// One or some of several things to choose, one below the other: native inputs underneath.
import { useId } from "preact/hooks";
import "./choices.css";

interface ChoicesProps {
  /** What is asked; for screen readers. */
  label: string;
  choices: readonly { id: string; label: string }[];
  chosen: readonly string[];
  /** Whether several can be chosen. */
  several: boolean;
  /** Everything that is chosen now, sorted. */
  onChange: (chosen: readonly string[]) => void;
  disabled?: boolean;
}

/** The choices. Pressing the only one chosen again takes it back. */
export function Choices({ label, choices, chosen, several, onChange, disabled }: ChoicesProps) {
  const name = useId();
  const press = (id: string): void => {
    const others = several ? chosen.filter((other) => other !== id) : [];
    onChange(chosen.includes(id) ? others : [...others, id].sort());
  };
  return (
    <fieldset class="choices" disabled={disabled}>
      <legend class="unseen">{label}</legend>
      {choices.map(({ id, label: word }) => (
        <label key={id} class="choice">
          <input
            type={several ? "checkbox" : "radio"}
            name={name}
            checked={chosen.includes(id)}
            onChange={() => several && press(id)}
            onClick={() => !several && press(id)}
          />
          <span>{word}</span>
        </label>
      ))}
    </fieldset>
  );
}
