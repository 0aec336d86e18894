// The colour and the word of every state, the same on the phone and at the desk.
import type { Tone } from "./parts";
import type { OperatingStatus, Outcome, Severity, Status, Title } from "./shapes";
import type { Text } from "./words";
import { shared } from "./words/shared";

interface State {
  tone: Tone;
  word: Text;
  sign?: string;
}

/** Where a record stands. */
export const statuses: Record<Status, State> = {
  in_progress: { tone: "grey", word: shared.statusInProgress },
  submitted: { tone: "blue", word: shared.statusSubmitted },
  returned: { tone: "brick", word: shared.statusReturned, sign: "↩" },
  resubmitted: { tone: "blue", word: shared.statusResubmitted, sign: "↻" },
  approved: { tone: "green", word: shared.statusApproved },
  rejected: { tone: "brick", word: shared.statusRejected, sign: "✕" },
  withdrawn: { tone: "grey", word: shared.statusWithdrawn },
};

/** How a visit went. */
export const outcomes: Record<Outcome, State> = {
  held: { tone: "green", word: shared.outcomeHeld },
  nobody_there: { tone: "ochre", word: shared.outcomeNobodyThere },
  not_found: { tone: "ochre", word: shared.outcomeNotFound },
};

/** How a cooperative runs. */
export const operatingStatuses: Record<OperatingStatus, State> = {
  normal: { tone: "green", word: shared.operatingNormal },
  shell: { tone: "brick", word: shared.operatingShell },
  stopped: { tone: "ochre", word: shared.operatingStopped },
  exiting: { tone: "ochre", word: shared.operatingExiting },
  deregistered: { tone: "grey", word: shared.operatingDeregistered },
};

/** How grave a finding is. */
export const severities: Record<Severity, State> = {
  minor: { tone: "grey", word: shared.severityMinor },
  major: { tone: "ochre", word: shared.severityMajor },
  grave: { tone: "brick", word: shared.severityGrave },
};

/** The title a cooperative holds. */
export const titles: Record<Title, Text> = {
  national: shared.titleNational,
  provincial: shared.titleProvincial,
  municipal: shared.titleMunicipal,
  district: shared.titleDistrict,
};
