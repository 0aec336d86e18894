// Work the server refused: why, what was entered, and entering it again with one tap.
import { Button, Card, Chip, toast } from "../../parts";
import type { RecordSummary } from "../../core/door";
import { Refused } from "../../sync/replica";
import { registerText } from "../../register-text";
import type { Checklist, Command } from "../../shapes";
import { say } from "../../words";
import { field as words } from "../../words/field";
import { dayTime } from "../../words/format";
import { quarantineText, refusalText } from "../../words/problems";
import { cooperativeName } from "../cooperatives/name";
import { paths } from "../paths";
import { answerText } from "../visit/answer-text";
import { useWork } from "../work";

interface AttentionProps {
  summary: RecordSummary;
  /** The record's checklist, once it is read. */
  checklist: Checklist | null;
}

/** The card of a record. */
export function AttentionCard({ summary, checklist }: AttentionProps) {
  const { replica, talker } = useWork();
  const { attention } = summary;
  const enterAgain = async (): Promise<void> => {
    let told = say(words.reentered);
    for (const { change } of attention) {
      try {
        await replica.reenter(summary.visit, change);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        told = say(refusalText(error.code));
      }
    }
    toast(told);
    talker.talk();
  };
  const letGo = async (): Promise<void> => {
    for (const { change } of attention) await replica.dismiss(summary.visit, change);
    toast(say(words.dismissed));
  };
  const reasons = [
    ...new Set(attention.map(({ code, dismissed }) => say(dismissed ? words.dismissedBecause(dismissed) : quarantineText(code)))),
  ];
  const entered = attention.flatMap(({ commands }) => commands.flatMap((command) => commandText(command, checklist) ?? []));
  const since = Math.min(...attention.map(({ at }) => at));
  return (
    <Card tone="brick">
      <a class="card-title" href={paths.visit(summary.visit)}>{cooperativeName(replica, summary)}</a>
      <p class="chips">
        <Chip tone="brick" word={say(words.refusedChip)} />
        <span class="quiet">{dayTime(since)}</span>
      </p>
      {reasons.map((reason) => <p key={reason}>{reason}</p>)}
      {entered.length > 0 && (
        <>
          <p class="quiet">{say(words.refusedKept)}</p>
          <ul class="entered">{entered.map((line) => <li key={line}>{line}</li>)}</ul>
        </>
      )}
      <p class="chips">
        <Button kind="main" onClick={() => void enterAgain()}>{say(words.reenter)}</Button>
        <Button kind="quiet" onClick={() => void letGo()}>{say(words.dismiss)}</Button>
      </p>
    </Card>
  );
}

/** What a command entered, in words; null for one that carries nothing to read. */
function commandText(command: Command, checklist: Checklist | null): string | null {
  const item = (id: string) =>
    checklist?.sections.flatMap((section) => section.items).find((known) => known.id === id);
  const title = (id: string): string => {
    const known = item(id);
    return known ? say(known.title) : id;
  };
  switch (command.command) {
    case "answer":
      return `${title(command.item)}: ${answerText(command.value, item(command.item))}`;
    case "clear":
      return `${title(command.item)}: ${say(words.empty)}`;
    case "confirm":
      return `${title(command.item)}: ${say(words.confirm)}`;
    case "note":
      return `${say(words.noteOf(title(command.item)))}: ${command.text || say(words.empty)}`;
    case "summary":
      return command.text;
    case "add_finding":
      return `${say(words.raiseFinding)}: ${command.text}`;
    case "withdraw_finding":
      return say(words.withdrawFinding);
    case "fix":
      return say(words.position);
    case "pick":
      return `${title(command.field.item)}: ${say(words.pick)}`;
    case "add_evidence":
    case "withdraw_evidence":
    case "follow_up":
    case "correct":
      return registerText(command);
    case "submit":
      return say(words.submit);
    case "withdraw":
      return `${say(words.withdraw)}: ${command.reason}`;
    case "join":
      return null;
  }
}
