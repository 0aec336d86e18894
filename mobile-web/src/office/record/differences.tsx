// The differences between two states of a record, before and after.
import { answerText } from "../../answers";
import type { FieldChange } from "../../api";
import { addedText, proposedText, rectificationText } from "../../register-text";
import type { Answer, Item, ItemId, Rectification } from "../../shapes";
import { say } from "../../words";
import { office as words } from "../../words/office";
import { register as registerWords, registerFields } from "../../words/register";

interface DifferencesProps {
  changes: readonly FieldChange[];
  items: ReadonlyMap<ItemId, Item>;
  people: Readonly<Record<string, string>>;
}

/** The list. */
export function Differences({ changes, items, people }: DifferencesProps) {
  return (
    <ul class="differences">
      {changes.map((change, at) => {
        const { what, before, after } = told(change, items, people);
        return (
          <li key={at}>
            <b>{what}</b>
            {before !== undefined && (
              <>
                {" "}
                <del>{before}</del> <span aria-hidden="true">→</span>
                <span class="unseen">{say(words.became)}</span> <ins>{after}</ins>
              </>
            )}
          </li>
        );
      })}
    </ul>
  );
}

interface Told {
  what: string;
  before?: string;
  after?: string;
}

function told(change: FieldChange, items: DifferencesProps["items"], people: DifferencesProps["people"]): Told {
  const title = (id: ItemId) => {
    const item = items.get(id);
    return item ? say(item.title) : id;
  };
  const either = say({ zh: " / ", en: " / " });
  switch (change.field) {
    case "answer": {
      const text = (values: readonly Answer[]) =>
        values.map((value) => answerText(value, items.get(change.item))).join(either) || say(words.notAnswered);
      return { what: title(change.item), before: text(change.before), after: text(change.after) };
    }
    case "note": {
      const text = (values: readonly string[]) => values.filter(Boolean).join(either) || say(words.noNote);
      return { what: say(words.noteOf(title(change.item))), before: text(change.before), after: text(change.after) };
    }
    case "summary":
      return {
        what: say(words.summary),
        before: change.before || say(words.noSummary),
        after: change.after || say(words.noSummary),
      };
    case "finding": {
      const finding = change.after ?? change.before;
      const what = say(change.after?.withdrawn ? words.findingTakenBack : change.before ? words.findingChanged : words.findingAdded);
      return { what: `${what} ${finding?.text ?? ""}` };
    }
    case "follow_up": {
      const text = (values: readonly Rectification[]) => values.map(rectificationText).join(either) || say(words.notAnswered);
      return { what: say(registerWords.earlierFinding), before: text(change.before), after: text(change.after) };
    }
    case "evidence": {
      const { file, withdrawn } = (change.after ?? change.before)!;
      return { what: withdrawn ? say(registerWords.evidenceWithdrawn) : addedText(file) };
    }
    case "correction": {
      const text = (values: readonly string[]) =>
        values.map((value) => proposedText(change.register_field, value)).join(either) || say(words.notAnswered);
      const what = say(registerFields[change.register_field]);
      return { what, before: text(change.before), after: text(change.after) };
    }
    case "submission":
      return { what: say(words.submittedBy(people[change.person] ?? say(words.somebody))) };
    case "presence":
      return { what: say(words.joinedBy(people[change.person] ?? say(words.somebody))) };
    case "confirmation":
      return { what: say(words.confirmedBy(people[change.person] ?? say(words.somebody), title(change.item))) };
    case "withdrawal":
      return { what: say(words.withdrewBecause(people[change.person] ?? say(words.somebody), change.reason)) };
    case "fix":
      return { what: say(words.fixAdded) };
  }
}
