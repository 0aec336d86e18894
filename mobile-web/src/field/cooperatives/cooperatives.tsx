// All cooperatives of the person's areas, searched offline.
import { signal, useComputed } from "@preact/signals";
import { ButtonLink, Chip, EmptyState, Field, Icon, PageHeader, Row, Rows } from "../../parts";
import type { Cooperative } from "../../shapes";
import { say } from "../../words";
import { field as words } from "../../words/field";
import { operatingLabels, titleLabels } from "../labels";
import { paths } from "../paths";
import { SyncChip } from "../sync-chip";
import { useWork } from "../work";
import { Windowed } from "../windowed";
import { findCooperatives } from "./search";

/** What was searched for stays while the person looks at a cooperative and comes back. */
const typed = signal("");

/** The screen. */
export function CooperativesScreen() {
  const { replica } = useWork();
  const sorted = useComputed(() =>
    [...replica.cooperatives.value.values()].sort((a, b) => (a.initials < b.initials ? -1 : a.initials > b.initials ? 1 : 0)),
  );
  const found = useComputed(() => findCooperatives(sorted.value, typed.value));
  return (
    <main class="field-screen">
      <PageHeader title={say(words.cooperatives)} about={say(words.searchCount(found.value.length))} end={<SyncChip />} />
      <div class="search">
        <Field
          label={say(words.searchLabel)}
          hideLabel
          type="search"
          inputMode="search"
          placeholder={say(words.searchCooperatives)}
          value={typed.value}
          onInput={(text) => (typed.value = text)}
        />
      </div>
      {found.value.length === 0 ? (
        sorted.value.length === 0 ? (
          <EmptyState title={say(words.notYetSynced)} text={say(words.notYetSyncedHelp)} />
        ) : (
          <EmptyState title={say(words.searchNone)} text={say(words.searchNoneHelp)} />
        )
      ) : (
        <Rows label={say(words.cooperatives)}>
          <Windowed items={found.value} of={typed.value}>
            {(cooperative) => <CooperativeRow key={cooperative.id} cooperative={cooperative} />}
          </Windowed>
        </Rows>
      )}
      <p class="part chips">
        <ButtonLink href={paths.scan()}>
          <Icon name="code" />
          {say(words.scan)}
        </ButtonLink>
        <ButtonLink href={paths.newCooperative}>
          <Icon name="add" />
          {say(words.notInRegister)}
        </ButtonLink>
      </p>
    </main>
  );
}

function CooperativeRow({ cooperative }: { cooperative: Cooperative }) {
  const { replica } = useWork();
  const { area, village, operating_status, title, provisional } = cooperative;
  return (
    <Row
      href={paths.cooperative(cooperative.id)}
      title={cooperative.name}
      about={
        <span class="chips">
          <span>{[replica.areas.value.get(area)?.name, village].filter(Boolean).join(" · ")}</span>
          {operating_status !== "normal" && <Chip tone="ochre" word={say(operatingLabels[operating_status])} />}
          {title && <Chip tone="blue" sign="★" word={say(titleLabels[title])} />}
          {provisional && <Chip tone="grey" word={say(words.provisional)} />}
        </span>
      }
      end={<Icon name="forward" />}
    />
  );
}
