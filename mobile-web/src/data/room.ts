// How much room this phone gives the app, and whether it promises to keep what is there.

import { signal } from "@preact/signals";

/** What the browser answered; `unknown` until it was asked. */
export type Promised = "unknown" | "persisted" | "may_be_cleared";

/** Whether the browser keeps our data until the person deletes it. */
export const promised = signal<Promised>("unknown");

/** Bytes in use and bytes to be had, as the browser estimates them. */
export const room = signal<{ readonly used: number; readonly quota: number } | null>(null);

/** Asks the browser to keep our data, and how much room there is. */
export async function askForRoom(): Promise<void> {
  const kept = (await navigator.storage.persisted()) || (await navigator.storage.persist());
  promised.value = kept ? "persisted" : "may_be_cleared";
  await measureRoom();
}

/** Asks again how much room is in use. */
export async function measureRoom(): Promise<void> {
  const { usage, quota } = await navigator.storage.estimate();
  room.value = usage === undefined || quota === undefined ? null : { used: usage, quota };
}
