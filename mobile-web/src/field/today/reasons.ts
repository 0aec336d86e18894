// Why a visit is due, in a word or two.
import type { DueReason } from "../../core/door";
import type { Text } from "../../words";
import { firstScreen as words } from "../../words/first-screen";

export const reasonLabels: Readonly<Record<DueReason, Text>> = {
  follow_up: words.reasonFollowUp,
  shell: words.reasonShell,
  exiting: words.reasonExiting,
  stopped: words.reasonStopped,
  five_haves_not_met: words.reasonFiveHaves,
  titled: words.reasonTitled,
  newly_registered: words.reasonNew,
  normal: words.reasonNormal,
};
