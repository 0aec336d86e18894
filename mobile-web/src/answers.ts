// An item's value as people read it, with the choices and the unit of the checklist.
import type { Answer, Checklist, Item, ItemId, YesNo } from "./shapes";
import { say, type Text } from "./words";
import { day, dayAt, number, percent } from "./words/format";
import { shared } from "./words/shared";

const yesNoWords: Record<YesNo, Text> = { yes: shared.yes, no: shared.no, not_applicable: shared.notApplicable };

/** The value in words. An item unknown to the checklist shows its ids as they are. */
export function answerText(answer: Answer, item: Item | undefined): string {
  const choice = (id: string) => {
    const known = item?.choices.find((one) => one.id === id);
    return known ? say(known.title) : id;
  };
  switch (answer.kind) {
    case "yes_no":
      return say(yesNoWords[answer.value]);
    case "choice":
      return choice(answer.value);
    case "choices":
      return answer.value.length === 0 ? say(shared.none) : answer.value.map(choice).join(say({ zh: "、", en: ", " }));
    case "text":
      return answer.value;
    case "number":
      return [number(answer.value), item ? say(item.unit) : ""].filter(Boolean).join(" ");
    case "percent":
      return percent(answer.value);
    case "date":
      return day(dayAt(answer.value));
  }
}

/** Whether a value says that something is not as it should be. */
export function isShortfall(answer: Answer, item: Item | undefined): boolean {
  if (answer.kind === "yes_no") return answer.value === "no";
  if (answer.kind === "percent") return item?.finding_under != null && answer.value < item.finding_under;
  return false;
}

/** All items of a checklist by id. */
export function itemsById(checklist: Checklist): ReadonlyMap<ItemId, Item> {
  return new Map(checklist.sections.flatMap((section) => section.items.map((item) => [item.id, item])));
}
