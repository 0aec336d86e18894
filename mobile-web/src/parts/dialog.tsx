// A question in front of the page, by the browser's own <dialog>: Escape closes, focus stays inside.
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import "./dialog.css";

interface DialogProps {
  title: string;
  onClose: () => void;
  /** Buttons at the bottom, the main one last. */
  actions?: ComponentChildren;
  children: ComponentChildren;
}

/** A dialog, open for as long as it is rendered. */
export function Dialog({ title, onClose, actions, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const element = dialog.current;
    const inside = document.activeElement;
    element?.showModal();
    // What took the focus when it appeared keeps it.
    if (inside instanceof HTMLElement && element?.contains(inside)) inside.focus();
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
    >
      <div class="dialog-body">
        <h2 id={heading}>{title}</h2>
        {children}
        {actions && <div class="dialog-actions">{actions}</div>}
      </div>
    </dialog>
  );
}
