// What states and choices of the domain are called, and in which colour they show.
import type { Tone } from "../parts";
import type { OperatingStatus, Outcome, Severity, Status, Title } from "../shapes";
import type { Text } from "../words";
import { shared } from "../words/shared";

export const statusLabels: Readonly<Record<Status, { word: Text; tone: Tone }>> = {
  in_progress: { word: shared.statusInProgress, tone: "grey" },
  submitted: { word: shared.statusSubmitted, tone: "blue" },
  returned: { word: shared.statusReturned, tone: "brick" },
  resubmitted: { word: shared.statusResubmitted, tone: "blue" },
  approved: { word: shared.statusApproved, tone: "green" },
  rejected: { word: shared.statusRejected, tone: "brick" },
  withdrawn: { word: shared.statusWithdrawn, tone: "grey" },
};

export const outcomeLabels: Readonly<Record<Outcome, Text>> = {
  held: shared.outcomeHeld,
  nobody_there: shared.outcomeNobodyThere,
  not_found: shared.outcomeNotFound,
};

export const operatingLabels: Readonly<Record<OperatingStatus, Text>> = {
  normal: shared.operatingNormal,
  shell: shared.operatingShell,
  stopped: shared.operatingStopped,
  exiting: shared.operatingExiting,
  deregistered: shared.operatingDeregistered,
};

export const titleLabels: Readonly<Record<Title, Text>> = {
  national: shared.titleNational,
  provincial: shared.titleProvincial,
  municipal: shared.titleMunicipal,
  district: shared.titleDistrict,
};

export const severityLabels: Readonly<Record<Severity, Text>> = {
  minor: shared.severityMinor,
  major: shared.severityMajor,
  grave: shared.severityGrave,
};
