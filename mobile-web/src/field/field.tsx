// The field app: for phones, offline.
import { EmptyState, PageHeader } from "../parts";
import { say } from "../words";
import { shared } from "../words/shared";

/** The field app. */
export function Field() {
  return (
    <main>
      <PageHeader title={say(shared.product)} />
      <EmptyState title={say(shared.loading)} />
    </main>
  );
}
