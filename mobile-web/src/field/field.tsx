// The field app: for phones, offline. Opens the work of the person signed in and shows the screen that
// the address names.
import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { warmCore } from "../core/client";
import { registerOffline } from "../offline";
import { BottomBar, Button, EmptyState, Loading } from "../parts";
import { address } from "../route";
import { person } from "../session";
import { say } from "../words";
import { field as words } from "../words/field";
import { shared } from "../words/shared";
import { BrowserCheck } from "./browser-check";
import { CooperativeScreen } from "./cooperatives/cooperative";
import { CooperativesScreen } from "./cooperatives/cooperatives";
import { JoinScreen } from "./cooperatives/join";
import { NewCooperativeScreen } from "./cooperatives/new-cooperative";
import { MeScreen } from "./me/me";
import { paths } from "./paths";
import { RecordsScreen } from "./records/records";
import { TodayScreen } from "./today/today";
import { ConflictsScreen } from "./visit/conflicts";
import { NewFindingScreen } from "./visit/new-finding";
import { SectionScreen } from "./visit/section";
import { VisitScreen } from "./visit/visit";
import { Opening, useWork, WorkProvider } from "./work";
import "./field.css";

warmCore();

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

/** The screen shown, told to whoever doesn't see it change; once it stands, the app prepares for no network. */
function Screen(): JSX.Element {
  const { pathname } = address.value;
  const first = useRef(true);
  useEffect(() => void registerOffline(), []);
  useEffect(() => {
    const heading = document.querySelector("h1");
    document.title = [heading?.textContent, say(shared.product)].filter(Boolean).join(" · ");
    if (first.current) first.current = false;
    else if (heading) {
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
    }
  }, [pathname]);
  return <Named pathname={pathname} />;
}

/** The screen that the address names; an address that names none shows today. */
function Named({ pathname }: { pathname: string }): JSX.Element {
  const [place, id, within, part] = pathname.split("/").slice(1).map(decodeURIComponent);
  if (place === "visits" && id) {
    if (within === "sections" && part) return <SectionScreen key={`${id}/${part}`} visit={id} section={part} />;
    if (within === "conflicts") return <ConflictsScreen key={id} visit={id} />;
    if (within === "findings") {
      return <NewFindingScreen key={id} visit={id} item={address.value.searchParams.get("item")} />;
    }
    return <VisitScreen key={id} visit={id} />;
  }
  if (place === "cooperatives" && id === "new") return <NewCooperativeScreen />;
  if (place === "cooperatives" && id && within === "join") return <JoinScreen key={id} cooperative={id} />;
  if (place === "cooperatives" && id) return <CooperativeScreen key={id} cooperative={id} />;
  return (
    <>
      {place === "cooperatives" ? <CooperativesScreen /> : place === "records" ? <RecordsScreen /> : place === "me" ? <MeScreen /> : <TodayScreen />}
      <Places />
    </>
  );
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
