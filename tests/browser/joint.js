// A visit that two coordinators make together where there is no network: one phone shows a QR, the other scans it,
// both write, and once they are back it is one record.

import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, test } from "node:test";

import { film } from "./film.js";
import { looksWell } from "./looks.js";
import { api } from "./office-api.js";
import { until } from "./world.js";

const SHENTOU = "140602100";

const item = (page, title) => page.getByRole("region", { name: title, exact: true });
const told = (page, text) => page.getByRole("status").filter({ hasText: text }).first().waitFor();

/** The tests, each going on where the one before stopped. */
export function joint(opened) {
  let office;
  let shows;
  let scans;
  let cooperative;
  let visit;
  const seen = join(mkdtempSync(join(tmpdir(), "xunfang-film-")), "seen.y4m");

  before(async () => {
    office = await api(opened.world.url, "office");
    shows = await opened.world.phone("joint-shows");
    film(seen, "https://example.org/");
    scans = await opened.world.phoneWithCamera("joint-scans", seen);
  });

  test("without a network the QR of a visit stands beside its code", async () => {
    for (const [phone, account] of [[shows, "coordinator-shentou"], [scans, "coordinator-shentou-2"]]) {
      const page = await phone.opens();
      await phone.signsIn(account);
      await told(page, "已全部上报");
      await until("the app is kept for offline use", () =>
        page.evaluate(async () => navigator.serviceWorker.controller !== null && (await caches.keys()).length > 0));
      await phone.goesOffline();
    }
    // A cooperative of which the newest visit has something to suggest, and where no other story was today.
    const yesterday = Date.now() - 24 * 60 * 60 * 1000;
    const path = `coverage/cooperatives?period=${office.period}&area=${SHENTOU}&figure=due`;
    for (const due of (await office.get(path)).cooperatives) {
      const { visits } = await office.get(`cooperatives/${due.id}`);
      const newest = visits.toSorted((a, b) => b.visit_at - a.visit_at)[0];
      const suggests = newest?.status === "approved" && newest.outcome === "held";
      if (suggests && newest.visit_at < yesterday) cooperative ??= due;
    }
    assert.ok(cooperative, "somewhere in 神头镇 there was a visit before");
    const { page } = shows;
    await shows.goes(`/cooperatives/${cooperative.id}`);
    await page.getByRole("button", { name: "开始走访" }).click();
    await page.waitForURL(/\/visits\//);
    visit = page.url().match(/visits\/([^/#?]+)/)[1];
    await shows.goes(`/visits/${visit}`);
    await page.getByRole("img", { name: "加入这次走访的二维码" }).scrollIntoViewIfNeeded();
    await shows.shows("qr");
    await looksWell(page);
  });

  test("without leave to use the camera the app says so, and the code can be typed", async () => {
    const { page } = scans;
    await scans.goes(`/cooperatives/scan`);
    await page.getByRole("alert").filter({ hasText: "没有摄像头权限" }).waitFor();
    await page.getByRole("link", { name: "改输代码" }).waitFor();
    await scans.shows("denied");
    await looksWell(page);
  });

  test("a QR of something else, and one of a newer app, are told apart", async () => {
    const { page } = scans;
    await scans.context.grantPermissions(["camera", "geolocation"], { origin: scans.line.url });
    await scans.goes(`/cooperatives/scan?cooperative=${cooperative.id}`);
    await page.getByText("这不是走访的二维码").waitFor();
    await scans.shows("something-else");
    await looksWell(page);
    for (const newer of [`xunfang:join:2:${cooperative.id}:anything`, `xunfang:join:1:${cooperative.id}:${await newerCode(cooperative.id)}`]) {
      film(seen, newer);
      await scans.goes(`/cooperatives/scan?cooperative=${cooperative.id}`);
      await page.getByText("请先更新本机的应用").waitFor();
    }
  });

  test("the other phone scans it, and both write in one record that no server has seen", async () => {
    const code = (await shows.page.getByLabel("走访代码", { exact: true }).textContent()).replace(" ", "");
    film(seen, `xunfang:join:1:${cooperative.id}:${code}`);
    const { page } = scans;
    await scans.goes("/cooperatives/scan");
    await page.waitForURL(`**/visits/${visit}`);
    await page.getByRole("heading", { name: cooperative.name }).waitFor();
    // What the visit came to is asked on both phones: the second has seen nothing of the first.
    const written = [
      [shows, "five_haves", "有固定场地"],
      [scans, "outcome", "这次走访见到人了吗"],
      [scans, "five_haves", "挂了牌子"],
    ];
    for (const [phone, section, title] of written) {
      await phone.goes(`/visits/${visit}/sections/${section}`);
      const last = item(phone.page, title).getByRole("button", { name: /上次.*照填/ });
      await last.waitFor();
      assert.equal(await item(phone.page, title).locator("input:checked").count(), 0, "a suggestion is no answer");
      await phone.shows("last-time");
      await looksWell(phone.page);
      await last.click();
      await item(phone.page, title).locator("input:checked").waitFor({ state: "attached" });
      await last.waitFor({ state: "detached" });
    }
  });

  test("once they are back it is one record, and it names both", async () => {
    for (const phone of [scans, shows]) {
      await phone.comesOnline();
      await phone.goes("/records");
      await told(phone.page, "已全部上报");
    }
    await shows.goes(`/visits/${visit}/sections/five_haves`);
    for (const title of ["有固定场地", "挂了牌子"]) {
      await item(shows.page, title).locator("input:checked").waitFor({ state: "attached" });
    }
    await shows.goes(`/visits/${visit}`);
    await shows.page.getByText(/同行/).waitFor();
    await shows.shows("both");
    assert.deepEqual([...shows.complaints, ...scans.complaints], []);
  });
}

/** A code of a pair that this app doesn't know, with the check character that fits it. */
async function newerCode(cooperative) {
  const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  const symbols = [9, 1, 2, 3, 4, 5, 6];
  const bytes = Uint8Array.from([...cooperative.replaceAll("-", "").match(/../g).map((byte) => Number.parseInt(byte, 16)), ...symbols]);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...symbols, digest[0] & 31].map((symbol) => letters[symbol]).join("");
}
