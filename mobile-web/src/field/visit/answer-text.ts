// An answer in words, as the person would say it.
import type { Answer, Item, YesNo } from "../../shapes";
import { say, type Text } from "../../words";
import { dayAt, fullDay, number, percent } from "../../words/format";
import { shared } from "../../words/shared";

const yesNo: Readonly<Record<YesNo, Text>> = {
  yes: shared.yes,
  no: shared.no,
  not_applicable: shared.notApplicable,
};

/** The answer; choices by their titles, numbers with their unit. An item of another checklist is shown by its ids. */
export function answerText(answer: Answer, item: Item | undefined): string {
  const title = (id: string): string => {
    const choice = item?.choices.find((known) => known.id === id);
    return choice ? say(choice.title) : id;
  };
  switch (answer.kind) {
    case "yes_no":
      return say(yesNo[answer.value]);
    case "choice":
      return title(answer.value);
    case "choices":
      return answer.value.length === 0 ? say(shared.none) : answer.value.map(title).join(say({ zh: "、", en: ", " }));
    case "text":
      return answer.value;
    case "number":
      return `${number(answer.value)} ${item ? say(item.unit) : ""}`.trim();
    case "percent":
      return percent(answer.value);
    case "date":
      return fullDay(dayAt(answer.value));
  }
}
