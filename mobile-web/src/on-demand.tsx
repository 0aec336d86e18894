// Parts of the app that come in files of their own: fetched when they are wanted or a little before, shown at
// once when they are here. Until then the screen says that they are on their way, or that they can't be had.
import { type ReadonlySignal, signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { Button, EmptyState, Loading } from "./parts";
import { say } from "./words";
import { shared } from "./words/shared";

/** A part of the app. */
export interface OnDemand<Module extends object> {
  readonly module: ReadonlySignal<Module | "coming" | "missing">;
  /** Fetches it, unless it is here or on its way. */
  fetch(): void;
}

/** The part that `load` imports. */
export function onDemand<Module extends object>(load: () => Promise<Module>): OnDemand<Module> {
  const module = signal<Module | "coming" | "missing">("coming");
  let isAsked = false;
  return {
    module,
    fetch() {
      if (isAsked) return;
      isAsked = true;
      module.value = "coming";
      load().then(
        (loaded) => (module.value = loaded),
        () => {
          isAsked = false;
          module.value = "missing";
        },
      );
    },
  };
}

/** Fetches a part and shows what `children` make of it. */
export function Fetched<Module extends object>({
  part,
  children,
}: {
  part: OnDemand<Module>;
  children: (module: Module) => JSX.Element;
}): JSX.Element {
  useEffect(() => part.fetch(), [part]);
  const module = part.module.value;
  if (module === "coming") return <main><Loading word={say(shared.loading)} /></main>;
  if (module === "missing") {
    return (
      <main>
        <EmptyState title={say(shared.notHereYet)} text={say(shared.notHereYetHelp)}>
          <Button kind="main" onClick={() => part.fetch()}>{say(shared.tryAgain)}</Button>
        </EmptyState>
      </main>
    );
  }
  return children(module);
}
