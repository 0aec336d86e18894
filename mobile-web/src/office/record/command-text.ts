// What an author did, in words.
import { answerText } from "../../answers";
import type { Command, Item, ItemId } from "../../shapes";
import { registerText } from "../../register-text";
import { say } from "../../words";
import { office as words } from "../../words/office";

/** What a command did; null for being there, which the head of the page says. */
export function commandText(command: Command, items: ReadonlyMap<ItemId, Item>): string | null {
  const title = (id: ItemId | null) => {
    const item = id === null ? undefined : items.get(id);
    return item ? say(item.title) : (id ?? "");
  };
  switch (command.command) {
    case "answer":
      return `${title(command.item)}: ${answerText(command.value, items.get(command.item))}`;
    case "clear":
      return `${title(command.item)}: ${say(words.cleared)}`;
    case "confirm":
      return `${title(command.item)}: ${say(words.confirmed)}`;
    case "note":
      return `${say(words.noteOf(title(command.item)))}: ${command.text || say(words.noNote)}`;
    case "summary":
      return `${say(words.summary)}: ${command.text}`;
    case "add_finding":
      return `${say(words.findingAdded)}: ${command.text}`;
    case "withdraw_finding":
      return say(words.findingTakenBack);
    case "fix":
      return say(words.fixAdded);
    case "add_evidence":
    case "withdraw_evidence":
    case "follow_up":
    case "correct":
      return registerText(command);
    case "pick":
      return `${title(command.field.item)}: ${say(words.picked)}`;
    case "join":
    case "submit":
    case "withdraw":
      return null;
  }
}
