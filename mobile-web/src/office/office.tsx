// The office: the rail on the left, and the screen that the address names.
import { computed, useComputed } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { quarantine, remembered, reviewQueue } from "../api";
import { online } from "../online";
import { BottomBar, Button, ButtonLink, EmptyState, Icon, Notice, type Place } from "../parts";
import { address, go } from "../route";
import { lookUpPerson, person, sessionEnded, type Role } from "../session";
import { wide } from "../screen";
import { language, say, type Text } from "../words";
import { office as words } from "../words/office";
import { shared } from "../words/shared";
import { CooperativeScreen } from "./cooperatives/cooperative";
import { Cooperatives } from "./cooperatives/cooperatives";
import { CoverageScreen } from "./coverage/coverage";
import { CoverageListScreen } from "./coverage/coverage-list";
import { Devices } from "./devices/devices";
import { listen } from "./live";
import { useLoaded } from "./loaded";
import "./office.css";
import { QuarantineScreen } from "./quarantine/quarantine";
import { RecordScreen } from "./record/record";
import { Restored } from "./restored/restored";
import { ReviewScreen } from "./review/review";
import { settingsOpen, Settings } from "./settings";

/** Whoever works with records. */
const DESK: readonly Role["role"][] = ["supervisor", "district_office", "department"];
/** Whoever sees to it that everybody's work arrives. */
const CARETAKERS: readonly Role["role"][] = ["supervisor", "district_office", "administrator"];

interface Work {
  href: string;
  label: Text;
  icon: Place["icon"];
  /** Whom the server lets in. */
  roles: readonly Role["role"][];
}

const WORK: readonly Work[] = [
  { href: "/office/review", label: words.review, icon: "review", roles: DESK },
  { href: "/office/cooperatives", label: words.cooperatives, icon: "cooperatives", roles: DESK },
  { href: "/office/coverage", label: words.coverage, icon: "coverage", roles: DESK },
  { href: "/office/devices", label: words.devices, icon: "devices", roles: CARETAKERS },
  { href: "/office/quarantine", label: words.quarantine, icon: "quarantine", roles: CARETAKERS },
];

/** Where the screens hang that are no places of their own. */
const HANGS_UNDER: Readonly<Record<string, string>> = { visits: "review", restored: "devices" };

/** The places that are open to the person. */
const openPlaces = computed(() => WORK.filter(({ roles }) => person.value?.roles.some(({ role }) => roles.includes(role))));
const isOpen = (href: string) => openPlaces.value.some((work) => work.href === href);

/** The office. */
export function Office() {
  useEffect(listen, []);
  useEffect(() => void lookUpPerson(), []);
  const path = useComputed(() => address.value.pathname.replace(/^\/office\/?/, "").split("/"));
  const [place = "", ...ids] = path.value;
  const first = openPlaces.value[0]?.href;
  const current = `/office/${HANGS_UNDER[place] ?? place}`;
  // Another person may have signed in at an address that isn't open to them.
  const closed = place === "" || WORK.some(({ href }) => href === current && !isOpen(href));
  useEffect(() => {
    if (closed && first) go(first, { replace: true });
  }, [closed, first]);
  const counts: Counts = {
    "/office/review": useLoaded("waiting", async (signal) =>
      isOpen("/office/review") ? (await reviewQueue({}, signal)).total : 0,
    ).value,
    "/office/devices": useLoaded("remembered", async (signal) => {
      if (!isOpen("/office/devices")) return 0;
      const { decisions, rows } = await remembered(signal);
      return [...decisions, ...rows].filter(({ settled }) => !settled).length;
    }).value,
    "/office/quarantine": useLoaded("quarantined", async (signal) =>
      isOpen("/office/quarantine") ? (await quarantine("open", signal)).parcels.length : 0,
    ).value,
  };

  return (
    <div class="office">
      {wide.value ? <Rail current={current} counts={counts} /> : <TopLine />}
      <main id="main" class="office-main">
        {!online.value && <Notice tone="ochre">{say(words.offline)}</Notice>}
        {sessionEnded.value && (
          <Notice tone="ochre" urgent action={<ButtonLink href="/sign-in">{say(shared.signIn)}</ButtonLink>}>
            {say(words.sessionEnded)}
          </Notice>
        )}
        {!closed && <Screen place={place} ids={ids} />}
      </main>
      {!wide.value && (
        <BottomBar
          label={say(words.places)}
          current={current}
          places={openPlaces.value.map((work) => ({
            ...work,
            label: say(work.label === words.cooperatives ? words.cooperativesShort : work.label),
            count: counts[work.href],
          }))}
        />
      )}
      {settingsOpen.value && <Settings />}
    </div>
  );
}

function Screen({ place, ids: [id = "", person = "", device = ""] }: { place: string; ids: readonly string[] }) {
  switch (place) {
    case "review":
      return <ReviewScreen visit={id || null} />;
    case "visits":
      return <RecordScreen key={id} visit={id} />;
    case "cooperatives":
      return id ? <CooperativeScreen key={id} id={id} /> : <Cooperatives />;
    case "coverage":
      return id === "list" ? <CoverageListScreen /> : <CoverageScreen />;
    case "devices":
      return <Devices />;
    case "restored":
      return <Restored />;
    case "quarantine":
      return <QuarantineScreen open={{ visit: id, person, device }} />;
    default:
      return (
        <EmptyState title={say(words.noSuchPage)}>
          <ButtonLink href="/office">{say(words.toOffice)}</ButtonLink>
        </EmptyState>
      );
  }
}

/** How much waits at a place, by its address. */
type Counts = Readonly<Record<string, number | undefined>>;

function Rail({ current, counts }: { current: string; counts: Counts }) {
  return (
    <header class="rail no-print">
      <a class="skip" href="#main">
        {say(words.skip)}
      </a>
      <Mark />
      <nav aria-label={say(words.places)}>
        {openPlaces.value.map((work) => (
          <a key={work.href} href={work.href} aria-current={work.href === current ? "page" : undefined}>
            <span>{say(work.label)}</span>
            {counts[work.href] ? <b>{counts[work.href]}</b> : null}
          </a>
        ))}
      </nav>
      <button type="button" class="rail-person" onClick={() => (settingsOpen.value = true)}>
        <Icon name="person" />
        <span>
          {person.value?.name}
          <small>{say(words.settings)}</small>
        </span>
      </button>
    </header>
  );
}

function TopLine() {
  return (
    <header class="top-line no-print">
      <Mark />
      <Button kind="quiet" label={say(words.settings)} onClick={() => (settingsOpen.value = true)}>
        <Icon name="person" />
      </Button>
    </header>
  );
}

function Mark() {
  const me = person.value;
  const area = me?.roles.find(({ role }) => role !== "coordinator")?.area_name;
  return (
    <div class="mark">
      <b>
        {say(shared.product)}
        {language.value === "zh" && wide.value && <span lang="en"> Xunfang</span>}
      </b>
      <span class="mark-about">
        {area}
        {me?.sample && <span class="mark-sample">{say(words.sampleMark)}</span>}
      </span>
    </div>
  );
}
