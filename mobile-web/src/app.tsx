// The shell: sign-in, the field app for those who record visits, the office for those who work with records.
import { useEffect } from "preact/hooks";
import { Fetched, onDemand } from "./on-demand";
import { Toasts } from "./parts";
import { address, go } from "./route";
import { wide } from "./screen";
import { person, recordsVisits, session, worksAtDesk } from "./session";
import { SignIn } from "./sign-in/sign-in";

type Part = "field" | "office";

const field = onDemand(() => import("./field/field"));
const office = onDemand(() => import("./office/office"));

/** Whether this person may open this part of the app here. */
function opens(part: Part): boolean {
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
      <Shown key={part} part={part} moved={part !== asked} />
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

/** A part of the app, at its own address. */
function Shown({ part, moved }: { part: Part; moved: boolean }) {
  useEffect(() => {
    if (moved) go(part === "office" ? "/office" : "/", { replace: true });
  }, [part, moved]);
  return part === "office" ? (
    <Fetched part={office}>{({ Office }) => <Office />}</Fetched>
  ) : (
    <Fetched part={field}>{({ Field }) => <Field />}</Fetched>
  );
}
