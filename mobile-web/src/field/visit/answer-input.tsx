// The input for an item's answer, by its kind.
import { DAY_MAX, DAY_MIN, SUMMARY_CHARS_MAX, TEXT_CHARS_MAX } from "../../core/limits";
import { Button, Segments, type Segment, toast } from "../../parts";
import type { Answer, Command, Item, YesNo } from "../../shapes";
import { say } from "../../words";
import { field as words } from "../../words/field";
import { shared } from "../../words/shared";
import { Autosaved, type Parsed } from "./autosaved";
import { Choices } from "./choices";
import type { OpenRecord } from "./open-record";

/** More choices than this stand one below the other. */
const SIDE_BY_SIDE_MAX = 3;

interface AnswerInputProps {
  record: OpenRecord;
  item: Item;
  disabled: boolean;
}

/** The input. */
export function AnswerInput({ record, item, disabled }: AnswerInputProps) {
  const answer = record.answer(item.id);
  const title = say(item.title);

  const put = (value: Answer): void => record.do({ command: "answer", item: item.id, value });
  const clear = (): void => {
    if (!answer) return;
    record.do({ command: "clear", item: item.id });
    toast(say(words.cleared), { label: say(shared.undo), onClick: () => put(answer) });
  };
  const written = (value: Answer | null): Command =>
    value ? { command: "answer", item: item.id, value } : { command: "clear", item: item.id };

  switch (item.kind) {
    case "yes_no":
      return (
        <Segments
          label={title}
          segments={yesNoSegments(item)}
          value={answer?.kind === "yes_no" ? answer.value : null}
          onChange={(value) => put({ kind: "yes_no", value })}
          onClear={clear}
          disabled={disabled}
        />
      );
    case "choice": {
      const chosen = answer?.kind === "choice" ? answer.value : null;
      if (item.choices.length <= SIDE_BY_SIDE_MAX) {
        return (
          <Segments
            label={title}
            segments={item.choices.map((choice) => ({ value: choice.id, label: say(choice.title) }))}
            value={chosen}
            onChange={(value) => put({ kind: "choice", value })}
            onClear={clear}
            disabled={disabled}
          />
        );
      }
      return (
        <Choices
          label={title}
          choices={item.choices.map((choice) => ({ id: choice.id, label: say(choice.title) }))}
          chosen={chosen === null ? [] : [chosen]}
          several={false}
          onChange={([value]) => (value === undefined ? clear() : put({ kind: "choice", value }))}
          disabled={disabled}
        />
      );
    }
    case "choices":
      return (
        <Choices
          label={title}
          choices={item.choices.map((choice) => ({ id: choice.id, label: say(choice.title) }))}
          chosen={answer?.kind === "choices" ? answer.value : []}
          several
          onChange={(value) => (value.length === 0 ? clear() : put({ kind: "choices", value }))}
          disabled={disabled}
        />
      );
    case "text":
      return (
        <Autosaved
          label={title}
          hideLabel
          input="lines"
          maxLength={TEXT_CHARS_MAX}
          saved={answer?.kind === "text" ? answer.value : ""}
          parse={asText}
          record={record}
          command={written}
          disabled={disabled}
        />
      );
    case "number":
      return (
        <Autosaved
          label={title}
          hideLabel
          input={{ inputMode: "numeric", unit: say(item.unit) }}
          saved={answer?.kind === "number" ? String(answer.value) : ""}
          parse={asNumber}
          record={record}
          command={written}
          disabled={disabled}
        />
      );
    case "percent":
      return (
        <Autosaved
          label={title}
          hideLabel
          input={{ inputMode: "decimal", unit: say(item.unit) || "%" }}
          saved={answer?.kind === "percent" ? String(answer.value / 100) : ""}
          parse={asPercent}
          record={record}
          command={written}
          disabled={disabled}
        />
      );
    case "date":
      return (
        <div class="item-date">
          <Autosaved
            label={title}
            hideLabel
            input={{ type: "date" }}
            saved={answer?.kind === "date" ? answer.value : ""}
            parse={asDate}
            record={record}
          command={written}
            disabled={disabled}
          />
          {answer && !disabled && <Button kind="quiet" onClick={clear}>{say(words.clear)}</Button>}
        </div>
      );
    case "summary":
      return (
        <Autosaved
          label={title}
          hideLabel
          input="lines"
          maxLength={SUMMARY_CHARS_MAX}
          saved={record.summary()}
          parse={(text) => ({ ok: text })}
          record={record}
          command={(text) => ({ command: "summary", text })}
          disabled={disabled}
        />
      );
    case "signature":
      return null;
  }
}

function yesNoSegments(item: Item): readonly Segment<YesNo>[] {
  const both: Segment<YesNo>[] = [
    { value: "yes", label: say(shared.yes) },
    { value: "no", label: say(shared.no), tone: "brick" },
  ];
  if (item.not_applicable) both.push({ value: "not_applicable", label: say(shared.notApplicable), tone: "grey" });
  return both;
}

function asText(text: string): Parsed<Answer | null> {
  return { ok: text.trim() === "" ? null : { kind: "text", value: text } };
}

function asNumber(text: string): Parsed<Answer | null> {
  const digits = text.trim();
  if (digits === "") return { ok: null };
  if (!/^\d{1,9}$/.test(digits)) return { wrong: say(words.numberWrong) };
  return { ok: { kind: "number", value: Number(digits) } };
}

function asPercent(text: string): Parsed<Answer | null> {
  const digits = text.trim().replace(/\s*[%％]$/, "");
  if (digits === "") return { ok: null };
  const hundredths = Math.round(Number(digits) * 100);
  if (!/^\d{1,3}(\.\d{0,2})?$/.test(digits) || hundredths > 10_000) return { wrong: say(words.percentWrong) };
  return { ok: { kind: "percent", value: hundredths } };
}

function asDate(text: string): Parsed<Answer | null> {
  if (text === "") return { ok: null };
  if (text < DAY_MIN || text > DAY_MAX) return { wrong: say(words.dateWrong) };
  return { ok: { kind: "date", value: text } };
}
