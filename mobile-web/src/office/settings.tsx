// Who is signed in, the language, the look, and signing out.
import { signal } from "@preact/signals";
import { look } from "../look";
import { Button, ButtonLink, Dialog, Segments } from "../parts";
import { person, recordsVisits, session, signOut } from "../session";
import { language, read, say } from "../words";
import { office as words } from "../words/office";
import { shared } from "../words/shared";

/** Whether they are open. */
export const settingsOpen = signal(false);

const roleWords = {
  coordinator: shared.roleCoordinator,
  supervisor: shared.roleSupervisor,
  district_office: shared.roleDistrictOffice,
  department: shared.roleDepartment,
  administrator: shared.roleAdministrator,
};

/** The dialog. */
export function Settings() {
  const me = person.value;
  const close = () => (settingsOpen.value = false);
  return (
    <Dialog
      title={me?.name ?? ""}
      onClose={close}
      actions={
        <>
          <Button
            kind="danger"
            onClick={() => {
              close();
              void signOut();
            }}
          >
            {say(shared.signOut)}
          </Button>
          <Button kind="main" onClick={close}>
            {say(shared.close)}
          </Button>
        </>
      }
    >
      <ul class="quiet">
        {me?.roles.map((role) => (
          <li key={`${role.role}${role.area}`}>
            {say(roleWords[role.role])} · {role.area_name}
          </li>
        ))}
        {me?.sample && <li>{say(shared.sampleLong)}</li>}
      </ul>
      {me && recordsVisits(me) && session.value?.for === "phone" && (
        <ButtonLink href="/">{say(words.toField)}</ButtonLink>
      )}
      <Segments
        label={say(shared.language)}
        showLabel
        segments={[
          { value: "zh", label: "中文" },
          { value: "en", label: "English" },
        ]}
        value={language.value}
        onChange={(chosen) => void read(chosen)}
      />
      <Segments
        label={say(shared.look)}
        showLabel
        segments={[
          { value: "auto", label: say(shared.lookAuto) },
          { value: "light", label: say(shared.lookLight) },
          { value: "dark", label: say(shared.lookDark) },
          { value: "sunlight", label: say(shared.lookSunlight) },
        ]}
        value={look.value}
        onChange={(chosen) => (look.value = chosen)}
      />
    </Dialog>
  );
}
