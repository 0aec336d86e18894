// A new version waits until the person agrees: a draft is never open under a changing app.
import { offline, takeUpdate } from "../offline";
import { Button, Notice } from "../parts";
import { say } from "../words";
import { firstScreen as words } from "../words/first-screen";

/** Offers the update, where one waits. */
export function Update() {
  if (offline.value !== "update_waiting") return null;
  return (
    <Notice tone="blue" action={<Button onClick={takeUpdate}>{say(words.updateNow)}</Button>}>
      <p>{say(words.updateReady)}</p>
      <p>{say(words.updateHelp)}</p>
    </Notice>
  );
}
