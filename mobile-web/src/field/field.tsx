// The field app: for phones, offline. Opens the work of the person signed in and shows the screen that
// the address names.
import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { warmCore } from "../core/client";
import { registerOffline } from "../offline";
import { Fetched, onDemand } from "../on-demand";
import { online } from "../online";
import { BottomBar, Button, EmptyState, Loading } from "../parts";
import { address } from "../route";
import { person } from "../session";
import { say } from "../words";
import { firstScreen as words } from "../words/first-screen";
import { shared } from "../words/shared";
import { BrowserCheck } from "./browser-check";
import { paths } from "./paths";
import { TodayScreen } from "./today/today";
import { Opening, useWork, WorkProvider } from "./work";
import "./field.css";

warmCore();

const later = onDemand(() => import("./later"));
type Later = typeof import("./later");

/** The field app. */
export function Field() {
  return (
    <BrowserCheck>
      {person.value && <WorkOf key={person.value.id} person={person.value.id} />}
    </BrowserCheck>
  );
}

function WorkOf({ person }: { person: string }) {
  const opening = useMemo(() => new Opening(person), [person]);
  useEffect(() => () => opening.close(), [opening]);
  const state = opening.state.value;
  switch (state.is) {
    case "opening":
      return <Loading word={say(words.opening)} />;
    case "waiting":
      return (
        <main class="field-screen">
          <EmptyState title={say(words.otherTab)} text={say(words.otherTabHelp)} />
        </main>
      );
    case "failed":
      return (
        <main class="field-screen">
          <EmptyState title={say(words.openingFailed)}>
            <Button kind="main" onClick={() => location.reload()}>{say(shared.reload)}</Button>
          </EmptyState>
        </main>
      );
    case "open":
      return (
        <WorkProvider value={state.work}>
          <Screen />
        </WorkProvider>
      );
  }
}

/**
 * The screen that the address names, told to whoever doesn't see it change. Once it stands, the app prepares
 * for no network.
 */
function Screen(): JSX.Element {
  const { pathname } = address.value;
  const work = useWork();
  const [place, id, within, part] = pathname.split("/").slice(1).map(decodeURIComponent);
  const inner = id ? innerScreen(place, id, within, part) : null;
  const screen = inner ?? placeScreen(place);
  const isHere = screen === null || typeof later.module.value === "object";
  const first = useRef(true);
  useEffect(() => void registerOffline(), []);
  // Once something has been painted, and once more when a network is back.
  useEffect(() => later.fetch(), [online.value]);
  useEffect(() => {
    const screens = later.module.value;
    // Evidence is carried to the server whatever screen is shown.
    if (typeof screens === "object") screens.keptEvidence(work);
  }, [later.module.value, work]);
  useEffect(() => {
    if (!isHere) return;
    const heading = document.querySelector("h1");
    document.title = [heading?.textContent, say(shared.product)].filter(Boolean).join(" · ");
    if (first.current) first.current = false;
    else if (heading) {
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
    }
  }, [pathname, isHere]);
  return (
    <>
      {screen ? <Fetched part={later}>{screen}</Fetched> : <TodayScreen />}
      {!inner && <Places />}
    </>
  );
}

/** A screen that isn't there at first. */
type LaterScreen = (screens: Later) => JSX.Element;

/** The screen of a place in the bottom bar; none for today, which an address that names nothing shows too. */
function placeScreen(place: string | undefined): LaterScreen | null {
  switch (place) {
    case "cooperatives":
      return ({ CooperativesScreen }) => <CooperativesScreen />;
    case "records":
      return ({ RecordsScreen }) => <RecordsScreen />;
    case "me":
      return ({ MeScreen }) => <MeScreen />;
    default:
      return null;
  }
}

/** The screen of one visit or one cooperative. */
function innerScreen(place: string | undefined, id: string, within?: string, part?: string): LaterScreen | null {
  if (place === "visits") {
    if (within === "sections" && part) {
      return ({ SectionScreen }) => <SectionScreen key={`${id}/${part}`} visit={id} section={part} />;
    }
    if (within === "conflicts") return ({ ConflictsScreen }) => <ConflictsScreen key={id} visit={id} />;
    if (within === "findings") {
      const item = address.value.searchParams.get("item");
      return ({ NewFindingScreen }) => <NewFindingScreen key={id} visit={id} item={item} />;
    }
    return ({ VisitScreen }) => <VisitScreen key={id} visit={id} />;
  }
  if (place === "cooperatives") {
    if (id === "new") return ({ NewCooperativeScreen }) => <NewCooperativeScreen />;
    if (id === "scan") return ({ ScanScreen }) => <ScanScreen />;
    if (within === "join") return ({ JoinScreen }) => <JoinScreen key={id} cooperative={id} />;
    return ({ CooperativeScreen }) => <CooperativeScreen key={id} cooperative={id} />;
  }
  return null;
}

function Places() {
  const { replica } = useWork();
  const attention = useComputed(
    () =>
      [...replica.summaries.value.values()].filter((summary) => summary.attention.length > 0).length +
      replica.setAside.value.size,
  );
  const current = [paths.cooperatives, paths.records, paths.me].find((path) => path === address.value.pathname);
  return (
    <BottomBar
      label={say(words.places)}
      current={current ?? paths.today}
      places={[
        { href: paths.today, label: say(words.today), icon: "today" },
        { href: paths.cooperatives, label: say(words.cooperatives), icon: "cooperatives" },
        { href: paths.records, label: say(words.records), icon: "records", count: attention.value },
        { href: paths.me, label: say(words.me), icon: "person" },
      ]}
    />
  );
}
