// Everything that two people filled in differently, on one screen.
import { ButtonLink, EmptyState } from "../../parts";
import { say } from "../../words";
import { field as words } from "../../words/field";
import { paths } from "../paths";
import { useWork } from "../work";
import { Conflict } from "./conflict";
import { openRecord } from "./open-record";
import { VisitFrame } from "./visit-frame";

/** The screen. */
export function ConflictsScreen({ visit }: { visit: string }) {
  const { replica } = useWork();
  const record = openRecord(replica, visit);
  return (
    <VisitFrame
      record={record}
      title={say(words.conflicts)}
      about={say(words.conflictsHelp)}
      back={paths.visit(visit)}
      actions={<ButtonLink kind="main" href={paths.visit(visit)}>{say(words.sections)}</ButtonLink>}
    >
      {(view, checklist) => {
        const items = new Map(checklist.sections.flatMap((section) => section.items).map((item) => [item.id, item]));
        if (view.conflicts.length === 0) return <EmptyState title={say(words.conflictsNone)} />;
        return view.conflicts.map((of) => (
          <Conflict key={`${of.field} ${of.item}`} record={record} of={of} item={items.get(of.item)} />
        ));
      }}
    </VisitFrame>
  );
}
