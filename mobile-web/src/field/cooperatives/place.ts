// Where a visit to a cooperative goes.
import type { Place, Replica } from "../../sync/replica";

/** By the register, else by a record of a cooperative that isn't in it yet; null where the phone knows neither. */
export function placeOf(replica: Replica, cooperative: string): Place | null {
  const known = replica.cooperatives.value.get(cooperative);
  if (known) return { cooperative, area: known.area, provisional_name: null };
  for (const { cooperative: of, area, provisional_name } of replica.summaries.value.values()) {
    if (of === cooperative && area !== null) return { cooperative, area, provisional_name };
  }
  return null;
}
