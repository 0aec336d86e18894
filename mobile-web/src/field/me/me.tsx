// The person, how the app looks and reads, what this phone promises to keep, and signing out.
import { useComputed, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { promised, room } from "../../data/room";
import { look, type Look } from "../../look";
import { Button, ButtonLink, Card, Chip, Dialog, Notice, PageHeader, Segments, Select } from "../../parts";
import { offline } from "../../offline";
import { person, sessionEnded, signOut, worksAtDesk } from "../../session";
import { APP_VERSION } from "../../sync/round-trip";
import { language, read, say, type Text } from "../../words";
import { field as words } from "../../words/field";
import { size } from "../../words/format";
import { shared } from "../../words/shared";
import { EvidenceKept } from "../evidence/sending";
import { SyncChip } from "../sync-chip";
import { Update } from "../update";
import { useWork } from "../work";

const ROLES: Readonly<Record<string, Text>> = {
  coordinator: shared.roleCoordinator,
  supervisor: shared.roleSupervisor,
  district_office: shared.roleDistrictOffice,
  department: shared.roleDepartment,
  administrator: shared.roleAdministrator,
};

const LOOKS: readonly { value: Look; label: Text }[] = [
  { value: "auto", label: shared.lookAuto },
  { value: "light", label: shared.lookLight },
  { value: "dark", label: shared.lookDark },
  { value: "sunlight", label: shared.lookSunlight },
];

/** The screen. */
export function MeScreen() {
  const me = person.value;
  if (!me) return null;
  return (
    <main class="field-screen">
      <PageHeader title={me.name} about={`${say(words.account)} ${me.account}`} end={<SyncChip />} />
      {sessionEnded.value && (
        <Notice tone="ochre" action={<ButtonLink href="/sign-in">{say(shared.signIn)}</ButtonLink>}>
          {say(words.signInHelp)}
        </Notice>
      )}
      <Update />
      <Part title={say(words.grants)}>
        <Card>
          <ul>
            {me.roles.map(({ role, area, area_name }) => (
              <li key={`${role} ${area}`}>{say(ROLES[role] ?? { zh: role, en: role })} · {area_name}</li>
            ))}
          </ul>
          {me.sample && <p class="quiet">{say(shared.sampleLong)}</p>}
        </Card>
        {worksAtDesk(me) && <ButtonLink href="/office">{say(words.toOffice)}</ButtonLink>}
      </Part>
      <Segments
        label={say(shared.language)}
        showLabel
        segments={[
          { value: "zh", label: say(words.languageZh) },
          { value: "en", label: say(words.languageEn) },
        ]}
        value={language.value}
        onChange={(chosen) => void read(chosen)}
      />
      <Select
        label={say(shared.look)}
        options={LOOKS.map(({ value, label }) => ({ value, label: say(label) }))}
        value={look.value}
        onChange={(chosen) => (look.value = chosen)}
      />
      <Part title={say(words.storage)}>
        <Kept />
        <EvidenceKept />
      </Part>
      <p class="quiet">{say(words.version)} {APP_VERSION}</p>
      <SignOut />
    </main>
  );
}

function Part({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="part">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

function Kept() {
  const said = {
    persisted: { tone: "green", text: words.storagePersisted },
    may_be_cleared: { tone: "ochre", text: words.storageMayBeCleared },
    unknown: { tone: "grey", text: words.storageUnknown },
  } as const;
  const { tone, text } = said[promised.value];
  return (
    <>
      <Notice tone={tone}>{say(text)}</Notice>
      <p class="chips">
        {offline.value === "ready" || offline.value === "update_waiting" ? (
          <Chip tone="green" word={say(words.offlineReady)} />
        ) : (
          <Chip tone="ochre" word={say(words.offlineNotReady)} />
        )}
        {room.value && <span class="quiet">{say(words.roomUsed(size(room.value.used), size(room.value.quota)))}</span>}
      </p>
    </>
  );
}

function SignOut() {
  const { replica } = useWork();
  const asking = useSignal(false);
  const unsent = useComputed(() => [...replica.summaries.value.values()].filter((one) => one.unsent > 0).length);
  return (
    <p class="part">
      <Button kind="danger" onClick={() => (asking.value = true)}>{say(shared.signOut)}</Button>
      {asking.value && (
        <Dialog
          title={say(words.signOutTitle)}
          onClose={() => (asking.value = false)}
          actions={
            <>
              <Button onClick={() => (asking.value = false)}>{say(shared.cancel)}</Button>
              <Button kind="danger" onClick={() => void signOut()}>{say(shared.signOut)}</Button>
            </>
          }
        >
          <p>{say(unsent.value > 0 ? words.signOutUnsent(unsent.value) : words.signOutNothing)}</p>
        </Dialog>
      )}
    </p>
  );
}
