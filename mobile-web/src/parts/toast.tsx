// A short word at the bottom of the page about what just happened, with a way to take it back.
import { signal } from "@preact/signals";
import { Button } from "./button";
import "./toast.css";

interface Toast {
  id: number;
  text: string;
  action?: ToastAction;
}

interface ToastAction {
  label: string;
  onClick: () => void;
}

/** Long enough to read it and to reach the button. */
const SHOWN_MS = 8_000;

const shown = signal<readonly Toast[]>([]);
let lastId = 0;

const takeAway = (id: number) => (shown.value = shown.value.filter((toast) => toast.id !== id));

/** Shows a word, such as 已退回, with at most one action, such as 撤销. */
export function toast(text: string, action?: ToastAction): void {
  const id = ++lastId;
  shown.value = [...shown.value, { id, text, ...(action && { action }) }];
  setTimeout(() => takeAway(id), SHOWN_MS);
}

/** Where toasts appear; once per page. */
export function Toasts() {
  return (
    <div class="toasts no-print" role="status">
      {shown.value.map(({ id, text, action }) => (
        <div key={id} class="toast">
          <span>{text}</span>
          {action && (
            <Button
              kind="quiet"
              onClick={() => {
                takeAway(id);
                action.onClick();
              }}
            >
              {action.label}
            </Button>
          )}
        </div>
      ))}
    </div>
  );
}
