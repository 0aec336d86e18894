// The first load, on the kind of line that reaches a village: few bytes, and something to see before the
// core has arrived.

import assert from "node:assert/strict";
import { test } from "node:test";
import { brotliCompressSync } from "node:zlib";

/** Everything the field app needs for its first screen, compressed as it goes over the line. */
const FIRST_LOAD_BYTES_MAX = 400 * 1024;

/** How many bytes a file of the app has on the line, compressed as a release build embeds it. A development
 * build compresses at every request, and less well; and Chromium asks for brotli over HTTPS only. */
async function brotliBytes(url) {
  const file = await (await fetch(url, { headers: { "accept-encoding": "identity" } })).arrayBuffer();
  return brotliCompressSync(new Uint8Array(file)).length;
}

/** The tests. */
export function firstLoad(opened) {
  test("the field app arrives in few bytes", async (t) => {
    const phone = await opened.world.phone("first-load");
    const loaded = [];
    phone.context.on("requestfinished", (request) => {
      if (!request.serviceWorker() && !request.url().includes("/api/")) loaded.push(request);
    });
    const page = await phone.opens();
    await phone.signsIn("coordinator-shentou");
    await page.getByRole("heading", { name: /该去的/ }).waitFor();
    const paths = loaded.map((request) => new URL(request.url()).pathname);
    const sizes = await Promise.all(paths.map(async (path) => ({ path, bytes: await brotliBytes(opened.world.url + path) })));
    const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const { path, bytes } of sizes) t.diagnostic(`${bytes} bytes ${path}`);
    t.diagnostic(`${total} bytes for the first load of the field app`);
    assert.ok(sizes.some(({ path }) => path.endsWith(".wasm")), "the core is among them");
    assert.ok(total <= FIRST_LOAD_BYTES_MAX, `${total} bytes`);
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
