// How much of something is done, by the browser's own <progress>.
import "./progress.css";

interface ProgressProps {
  /** What is counted; read by screen readers. */
  label: string;
  done: number;
  of: number;
  tone?: "green" | "ochre" | "brick";
}

/** A bar. */
export function Progress({ label, done, of, tone = "green" }: ProgressProps) {
  return <progress class={`progress ${tone}`} aria-label={label} value={Math.min(done, of)} max={Math.max(of, 1)} />;
}
