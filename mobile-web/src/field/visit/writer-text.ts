// Who wrote something and when, as a short line.
import type { Author } from "../../shapes";
import type { Replica } from "../../sync/replica";
import { say } from "../../words";
import { field as words } from "../../words/field";
import { dayTime } from "../../words/format";

/** What a person is called here: the reader is *me*. */
export function personName(person: string | null, replica: Replica): string {
  if (person === replica.person) return say(words.meWriter);
  return (person && replica.people.value[person]) || say(words.somebody);
}

/** Who, when, and whether it was on this phone. */
export function writerText(author: Author, at: number, replica: Replica): string {
  const name = personName(author.person, replica);
  const here = author.actor === replica.actor ? ` · ${say(words.thisPhone)}` : "";
  return `${name} · ${dayTime(at)}${here}`;
}
