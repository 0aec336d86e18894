// The first load, on the kind of line that reaches a village: few bytes, and something to see before the
// core has arrived.

import assert from "node:assert/strict";
import { test } from "node:test";
import { brotliCompressSync } from "node:zlib";

import { looksWell } from "./looks.js";
import { until } from "./world.js";

/** Everything the field app needs for its first screen, compressed as it goes over the line. */
const FIRST_LOAD_BYTES_MAX = 400 * 1024;

/** The files that the field app fetches once its first screen stands. */
const LATER = "**/assets/later*";

/** How many bytes a file of the app has on the line, compressed as a release build embeds it. A development
 * build compresses at every request, and less well; and Chromium asks for brotli over HTTPS only. */
async function brotliBytes(url) {
  const file = await (await fetch(url, { headers: { "accept-encoding": "identity" } })).arrayBuffer();
  return brotliCompressSync(new Uint8Array(file)).length;
}

/** How many bytes the files at these addresses of the app have on the line, each told. */
async function bytesOf(t, url, paths) {
  const sizes = await Promise.all([...paths].sort().map(async (path) => ({ path, bytes: await brotliBytes(url + path) })));
  for (const { path, bytes } of sizes) t.diagnostic(`${bytes} bytes ${path}`);
  return sizes.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Once the app is kept on the phone: the addresses of its files. */
async function kept(page) {
  await until("the app is kept for offline use", () => page.evaluate(() => navigator.serviceWorker.controller !== null));
  return page.evaluate(async () => {
    const [name] = await caches.keys();
    return (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname);
  });
}

/** The tests. */
export function firstLoad(opened) {
  // The later screens never come to this page. So what arrives is all that the first screen needs, and nothing
  // is counted that the app fetches after it; the service worker still gets everything.
  test("the field app arrives in few bytes", async (t) => {
    const phone = await opened.world.phone("first-load");
    await phone.context.route(LATER, (route) => (route.request().serviceWorker() ? route.continue() : undefined));
    const loaded = new Set();
    phone.context.on("requestfinished", (request) => {
      if (!request.serviceWorker() && !request.url().includes("/api/")) loaded.add(new URL(request.url()).pathname);
    });
    const page = await phone.opens();
    await phone.signsIn("coordinator-shentou");
    await page.getByRole("heading", { name: /该去的/ }).waitFor();
    const first = await bytesOf(t, opened.world.url, loaded);
    t.diagnostic(`${first} bytes for the first screen of the field app`);
    assert.ok([...loaded].some((path) => path.endsWith(".wasm")), "the core is among them");
    assert.ok(first <= FIRST_LOAD_BYTES_MAX, `${first} bytes`);
    const later = (await kept(page)).filter((path) => path.endsWith(".js") || path.endsWith(".css")).filter((path) => !loaded.has(path));
    t.diagnostic(`${await bytesOf(t, opened.world.url, later)} bytes after it`);
  });

  test("every screen opens without a network as soon as the app is kept", async () => {
    const phone = await opened.world.phone("kept");
    const page = await phone.opens();
    await phone.signsIn("coordinator-shentou");
    await page.getByRole("heading", { name: /该去的/ }).waitFor();
    await kept(page);
    await phone.goesOffline();
    await phone.goes("/cooperatives");
    await page.getByRole("list").getByRole("link").first().click();
    await page.getByRole("button", { name: "开始走访" }).click();
    await page.waitForURL(/\/visits\//);
    await page.getByRole("list", { name: "目录" }).getByRole("link").first().click();
    await page.locator("section.item").first().waitFor();
    assert.deepEqual(phone.complaints, []);
  });

  test("a screen that has not arrived says so, and comes when it can", async () => {
    const phone = await opened.world.phone("later");
    await phone.context.route(LATER, (route) => route.abort());
    const page = await phone.opens();
    await phone.signsIn("coordinator-shentou");
    await page.getByRole("heading", { name: /该去的/ }).waitFor();
    await page.getByRole("link", { name: "记录", exact: true }).click();
    await page.getByText("这一部分还没有下载到本机").waitFor();
    await phone.shows("not-here-yet");
    await looksWell(page);
    await phone.context.unroute(LATER);
    await page.getByRole("button", { name: "再试一次" }).click();
    await page.getByRole("heading", { name: "记录", exact: true }).waitFor();
  });

  test("there is something to see before the core has arrived", async () => {
    const phone = await opened.world.phone("shell");
    // A request that is never answered.
    await phone.context.route("**/*.wasm", () => {});
    const page = await phone.opens();
    await phone.signsIn("coordinator-shentou");
    await page.getByText("正在打开本机记录…").or(page.getByRole("heading", { name: "今日" })).first().waitFor();
  });

  test("English arrives where somebody reads it, and stays", async () => {
    const phone = await opened.world.phone("english");
    const fetched = [];
    phone.context.on("request", (request) => {
      if (!request.serviceWorker() && request.url().includes("english")) fetched.push(request.url());
    });
    const page = await phone.opens();
    await phone.signsIn("coordinator-shentou");
    await page.getByRole("heading", { name: /该去的/ }).waitFor();
    assert.deepEqual(fetched, [], "who reads Chinese doesn't wait for it");
    await page.getByRole("link", { name: "我的" }).click();
    await page.getByRole("radio", { name: "English" }).check();
    await page.getByRole("link", { name: "Me", exact: true }).waitFor();
    assert.equal(fetched.length, 1);
    await page.reload();
    await page.getByRole("link", { name: "Cooperatives", exact: true }).waitFor();
    assert.equal(await page.locator("html").getAttribute("lang"), "en");
  });
}
