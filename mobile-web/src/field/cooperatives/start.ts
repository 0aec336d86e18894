// Starting a visit: the record exists at once, and the phone is asked where it is.
import type { Outcome } from "../../shapes";
import { go } from "../../route";
import type { Place } from "../../sync/replica";
import { paths } from "../paths";
import { openRecord } from "../visit/open-record";
import { takeFix } from "../visit/position";
import type { Work } from "../work";

/** Starts a visit with this outcome and opens it. */
export async function startVisit({ replica }: Work, place: Place, outcome: Outcome): Promise<void> {
  const visit = await replica.start(place, [
    { command: "answer", item: "visit_outcome", value: { kind: "choice", value: outcome } },
  ]);
  takeFix(openRecord(replica, visit));
  go(paths.visit(visit));
}
