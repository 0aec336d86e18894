// The service worker: keeps the built app on the phone, so that it opens without a network. It is replaced
// only when the person agrees, and never touches what the server answers under /api.

/** Written at build time: the version of the app and the addresses of its files. */
declare const __PRECACHE__: { version: string; files: readonly string[] };

// The library types of pages and of workers exclude each other; these are the few of a worker's used here.
interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Extendable {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Worker {
  addEventListener(type: "install" | "activate", listener: (event: Extendable) => void): void;
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
  addEventListener(type: "fetch", listener: (event: Fetching) => void): void;
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
}

const worker = globalThis as unknown as Worker;
const { version, files } = __PRECACHE__;
const PREFIX = "xunfang-app-";
const CACHE = PREFIX + version;
const SHELL = "/";

worker.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([SHELL, ...files])));
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(deleteOld().then(() => worker.clients.claim()));
});

async function deleteOld(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name)));
}

worker.addEventListener("message", (event) => {
  if (event.data === "take_over") void worker.skipWaiting();
});

worker.addEventListener("fetch", (event) => {
  const { origin, pathname } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== location.origin) return;
  if (pathname.startsWith("/api/") || pathname.startsWith("/health/")) return;
  event.respondWith(fromCache(event.request));
});

/** Every page of the app is the same shell. */
async function fromCache(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request.mode === "navigate" ? SHELL : request, { ignoreVary: true });
  return kept ?? fetch(request);
}

export {};
