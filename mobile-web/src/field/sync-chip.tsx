// How things stand between this phone and the server, in words, always in sight; it opens the records.
import { useComputed } from "@preact/signals";
import { Chip, type Tone } from "../parts";
import { sessionEnded } from "../session";
import { contact } from "../sync/contact";
import { say, type Text } from "../words";
import { firstScreen as words } from "../words/first-screen";
import { ago, day, isoDay, time } from "../words/format";
import { shared } from "../words/shared";
import { minute } from "./minute";
import { paths } from "./paths";
import { useWork } from "./work";

/** The chip. */
export function SyncChip() {
  const { replica } = useWork();
  const state = useComputed((): { tone: Tone; text: Text } => {
    const aside = replica.setAside.value;
    const all = [...replica.summaries.value.values()].filter(({ visit }) => !aside.has(visit));
    const attention = all.filter((summary) => summary.attention.length > 0).length + aside.size;
    const unsent = all.filter((summary) => summary.unsent > 0);
    const oldest = Math.min(...unsent.map((summary) => summary.oldest_unsent_at ?? minute.value));
    const lastContact = replica.lastContactAt.value;
    if (sessionEnded.value) return { tone: "ochre", text: shared.signInAgain };
    if (attention > 0) return { tone: "brick", text: words.syncAttention(attention) };
    switch (contact.value.is) {
      case "offline":
        return { tone: "grey", text: words.syncOffline };
      case "storage_full":
        return { tone: "brick", text: words.syncFull };
      case "refused":
        return { tone: "brick", text: words.syncRefused };
      case "failed":
        return { tone: "brick", text: words.syncFailed };
      case "talking":
        return { tone: "blue", text: unsent.length > 0 ? words.syncTalking : words.syncFetching };
      case "not_taking":
        return { tone: "ochre", text: words.syncNotTaking };
      case "unreachable":
        return { tone: "ochre", text: words.syncUnreachable };
      case "idle":
        if (unsent.length > 0) return { tone: "ochre", text: words.syncUnsent(unsent.length, ago(oldest, minute.value)) };
        if (lastContact === null) return { tone: "grey", text: words.syncNever };
        return { tone: "green", text: words.syncAll(when(lastContact, minute.value)) };
    }
  });
  return (
    <span role="status">
      <Chip tone={state.value.tone} word={say(state.value.text)} href={paths.records} />
    </span>
  );
}

const when = (at: number, now: number): string => (isoDay(at) === isoDay(now) ? time(at) : day(at));
