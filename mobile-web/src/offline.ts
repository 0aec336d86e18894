// The service worker that lets the app open without a network, and its updates, which wait for consent.
import { signal } from "@preact/signals";

/** Whether the app opens without a network. */
export type Offline = "not_ready" | "ready" | "update_waiting";

export const offline = signal<Offline>("not_ready");

let waiting: ServiceWorker | null = null;

/** Registers the service worker; called once the app is on screen, so that it doesn't compete for the link. */
export async function registerOffline(): Promise<void> {
  if (!("serviceWorker" in navigator) || import.meta.env.DEV) return;
  const registration = await navigator.serviceWorker.register("/sw.js");
  watch(registration);
  registration.addEventListener("updatefound", () => watch(registration));
  await navigator.serviceWorker.ready;
  if (offline.value === "not_ready") offline.value = "ready";
}

function watch(registration: ServiceWorkerRegistration): void {
  const coming = registration.installing;
  const settle = (): void => {
    if (!registration.waiting || !navigator.serviceWorker.controller) return;
    waiting = registration.waiting;
    offline.value = "update_waiting";
  };
  settle();
  coming?.addEventListener("statechange", settle);
}

/** Takes the waiting version: it takes over, and the page loads anew. */
export function takeUpdate(): void {
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  waiting?.postMessage("take_over");
}
