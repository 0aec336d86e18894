// One section of the checklist: its items, how much is left, and the way to the next.
import { useEffect } from "preact/hooks";
import { ButtonLink, EmptyState, Progress } from "../../parts";
import type { Section } from "../../shapes";
import { say } from "../../words";
import { field as words } from "../../words/field";
import { paths } from "../paths";
import { useWork } from "../work";
import { ItemRow } from "./item";
import { openRecord, type OpenRecord } from "./open-record";
import { ReadOnly } from "./read-only";
import { progressOf, sectionsAsked } from "./progress";
import { VisitFrame } from "./visit-frame";

/** The screen. */
export function SectionScreen({ visit, section: id }: { visit: string; section: string }) {
  const { replica } = useWork();
  const record = openRecord(replica, visit);
  const view = record.view.value;
  const checklist = record.checklist.value;
  const sections = view && checklist ? sectionsAsked(checklist, view) : [];
  const at = sections.findIndex((section) => section.id === id);
  const section = sections[at];
  const done = section && progressOf(section, record);
  return (
    <VisitFrame
      record={record}
      title={section ? say(section.title) : say(words.visit)}
      back={paths.visit(visit)}
      end={
        done && (
          <b class="section-count" aria-label={say(words.sectionProgressLabel(done.done, done.of))}>
            {say(words.sectionProgress(done.done, done.of))}
          </b>
        )
      }
      actions={<Ways visit={visit} next={at < 0 ? undefined : sections[at + 1]} />}
    >
      {() => (section && done ? <Items record={record} section={section} done={done} /> : <EmptyState title={say(words.sections)} />)}
    </VisitFrame>
  );
}

function Items({ record, section, done }: { record: OpenRecord; section: Section; done: { done: number; of: number } }) {
  useEffect(() => {
    const named = location.hash.slice(1);
    if (named) document.getElementById(decodeURIComponent(named))?.scrollIntoView({ block: "start" });
  }, []);
  return (
    <>
      <Progress label={say(words.sectionProgressLabel(done.done, done.of))} done={done.done} of={done.of} />
      <ReadOnly record={record} />
      {section.items.map((item) => <ItemRow key={item.id} record={record} item={item} />)}
    </>
  );
}

function Ways({ visit, next }: { visit: string; next: Section | undefined }) {
  return (
    <>
      {next && <ButtonLink href={paths.visit(visit)}>{say(words.sections)}</ButtonLink>}
      <ButtonLink kind="main" href={next ? paths.section(visit, next.id) : paths.visit(visit)}>
        {next ? say(words.nextSection(say(next.title))) : say(words.toOverview)}
      </ButtonLink>
    </>
  );
}

