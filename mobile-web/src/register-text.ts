// Commands about evidence, earlier findings and the register, in words.
import type { Command, Evidence, FieldRef, Rectification, RegisterField } from "./shapes";
import { operatingStatuses } from "./states";
import { say } from "./words";
import { rectifications, register as words, registerFields } from "./words/register";

type Told = Extract<Command, { command: "add_evidence" | "withdraw_evidence" | "follow_up" | "correct" }>;

/** What such a command did. */
export function registerText(command: Told): string {
  switch (command.command) {
    case "add_evidence":
      return addedText(command.file);
    case "withdraw_evidence":
      return say(words.evidenceWithdrawn);
    case "follow_up":
      return say(words.followedUp(rectificationText(command.outcome)));
    case "correct":
      return say(words.proposed(say(registerFields[command.register_field]), proposedText(command.register_field, command.proposed)));
  }
}

export const addedText = (file: Evidence["file"]): string =>
  file.name === "" ? say(words.photoAdded) : say(words.fileAdded(file.name));

export const rectificationText = (outcome: Rectification | null): string =>
  say(outcome === null ? words.takenBack : rectifications[outcome]);

/** A proposed value as it is read: a position in degrees, an operating status by its name. */
export function proposedText(field: RegisterField, value: string | null): string {
  if (value === null) return say(words.takenBack);
  if (field === "operating_status" && value in operatingStatuses) {
    return say(operatingStatuses[value as keyof typeof operatingStatuses].word);
  }
  if (field === "position") {
    return value.split(",").map((e7) => (Number(e7) / 1e7).toFixed(5)).join(", ");
  }
  return value;
}

/** What a field is called that stands beside no checklist item; null where it does. */
export function besideText({ field, item }: FieldRef): string | null {
  if (field === "correction") return say(registerFields[item as RegisterField]);
  if (field === "follow_up") return say(words.earlierFinding);
  return item === "position" ? say(words.position) : null;
}
