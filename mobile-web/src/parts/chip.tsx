// A state in one word: colour, sign and word together, never colour alone.
import "./chip.css";

/** What a colour means: green met or sent, ochre due soon, brick overdue or refused, blue information, grey neither. */
export type Tone = "green" | "ochre" | "brick" | "blue" | "grey";

/** The sign that goes with each colour. */
export const SIGNS: Record<Tone, string> = { green: "✓", ochre: "●", brick: "!", blue: "›", grey: "○" };

interface ChipProps {
  tone: Tone;
  word: string;
  /** Instead of the tone's own sign. */
  sign?: string;
  /** Makes it a link, such as the sync state that opens the outbox. */
  href?: string;
}

/** A chip. */
export function Chip({ tone, word, sign = SIGNS[tone], href }: ChipProps) {
  const inner = (
    <>
      <span aria-hidden="true">{sign}</span> {word}
    </>
  );
  return href ? (
    <a class={`chip ${tone}`} href={href}>
      {inner}
    </a>
  ) : (
    <span class={`chip ${tone}`}>{inner}</span>
  );
}
