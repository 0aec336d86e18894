// The shell: sign-in, the field app for those who record visits, the office for those who work with records.
import { useSignal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { Button, Loading, Notice, Toasts } from "./parts";
import { address, go } from "./route";
import { wide } from "./screen";
import { person, recordsVisits, session, worksAtDesk } from "./session";
import { SignIn } from "./sign-in/sign-in";
import { say } from "./words";
import { shared } from "./words/shared";

const parts = {
  field: () => import("./field/field").then((module) => module.Field),
  office: () => import("./office/office").then((module) => module.Office),
} satisfies Record<string, () => Promise<ComponentType>>;

/** Whether this person may open this part of the app here. */
function opens(part: keyof typeof parts): boolean {
  const me = person.value;
  if (!me || !session.value) return false;
  return part === "office" ? worksAtDesk(me) : recordsVisits(me) && session.value.for === "phone";
}

/** The whole app. */
export function App() {
  const { pathname } = address.value;
  const me = person.value;
  if (!me || pathname === "/sign-in") return <Framed><SignIn /></Framed>;
  const asked = pathname === "/office" || pathname.startsWith("/office/") ? "office" : "field";
  const other = asked === "office" ? "field" : "office";
  const preferOffice = pathname === "/" && wide.value && opens("office");
  const part = !opens(asked) || preferOffice ? (opens(other) ? other : "office") : asked;
  return (
    <Framed>
      <Part key={part} part={part} moved={part !== asked} />
    </Framed>
  );
}

function Framed({ children }: { children: preact.ComponentChildren }) {
  return (
    <>
      {children}
      <Toasts />
    </>
  );
}

/** Loads a part on demand. */
function Part({ part, moved }: { part: keyof typeof parts; moved: boolean }) {
  const loaded = useSignal<ComponentType | "loading" | "failed">("loading");
  const load = () => {
    loaded.value = "loading";
    parts[part]().then(
      (component) => (loaded.value = component),
      () => (loaded.value = "failed"),
    );
  };
  useEffect(load, [part]);
  useEffect(() => {
    if (moved) go(part === "office" ? "/office" : "/", { replace: true });
  }, [part, moved]);
  if (loaded.value === "loading") return <Loading word={say(shared.loading)} />;
  if (loaded.value === "failed") {
    return (
      <Notice tone="ochre" urgent action={<Button onClick={load}>{say(shared.tryAgain)}</Button>}>
        {say(shared.serverUnreachable)}
      </Notice>
    );
  }
  const Loaded = loaded.value;
  return <Loaded />;
}
