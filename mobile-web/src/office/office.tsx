// The office: for those who review, compare and count.
import { EmptyState, PageHeader } from "../parts";
import { say } from "../words";
import { shared } from "../words/shared";

/** The office. */
export function Office() {
  return (
    <main>
      <PageHeader title={say(shared.product)} />
      <EmptyState title={say(shared.loading)} />
    </main>
  );
}
