// What a record's cooperative is called on this phone.
import type { RecordSummary } from "../../core/door";
import type { Replica } from "../../sync/replica";
import { say } from "../../words";
import { firstScreen as words } from "../../words/first-screen";

/** By the register, else as the coordinator wrote it. */
export function cooperativeName(replica: Replica, summary: RecordSummary): string {
  return (
    replica.cooperatives.value.get(summary.cooperative)?.name ??
    summary.provisional_name ??
    say(words.unknownCooperative)
  );
}
