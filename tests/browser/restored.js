// The server is restored from a backup that is older than a decision: the phone that was told of it tells
// the office, and the supervisor finds it there, to decide again.

import assert from "node:assert/strict";
import { before, test } from "node:test";

import { looksWell } from "./looks.js";
import { api } from "./office-api.js";

/** 利民镇, which keeps what it had from 神头镇 no longer than until the restore. */
const LIMIN = "140602101";
const NARROW = { width: 360, height: 740 };
const WIDE = { width: 1440, height: 900 };

/** The tests; they stop the server and start another over its backup, so nothing may follow them. */
export function restored(opened) {
  let world;
  let phone;
  let visit;

  const sent = () => phone.page.getByRole("status").filter({ hasText: "已全部上报" }).first().waitFor();

  before(async () => {
    world = opened.world;
    phone = await world.phone("restored-phone");
  });

  test("a decision reaches a phone, and the server forgets it", async (t) => {
    if (!world.isOurs) return t.skip("the server is not ours to stop");
    await phone.opens();
    await phone.signsIn("coordinator-district-1");
    await sent();
    world.backsUp();
    const supervisor = await api(world.url, "supervisor-shentou");
    ({ visit } = (await supervisor.get("review-queue?status=submitted")).visits[0]);
    const { heads } = await supervisor.get(`visits/${visit}`);
    const decision = { heads, verdict: "returned", comment: "牌子看不清,请补拍", item_comments: {} };
    await supervisor.post(`visits/${visit}/reviews`, decision);
    const { cooperatives } = await supervisor.get("cooperatives");
    world.moves(cooperatives[0].id, LIMIN);
    await phone.goes(`/visits/${visit}`);
    await phone.page.getByText("牌子看不清,请补拍").first().waitFor();
    await world.restores();
    await phone.isReopened();
    await phone.page.getByText("牌子看不清,请补拍").first().waitFor({ state: "detached" });
    await phone.goes("/");
    await sent();
  });

  test("the supervisor finds it, and says that it is dealt with", async (t) => {
    if (!world.isOurs) return t.skip("the server is not ours to stop");
    const desk = await world.desk("restored-desk");
    const page = await desk.opens("/office/devices");
    await desk.signsIn("supervisor-shentou");
    await page.getByText(/恢复备份后,有 1 处/).waitFor();
    await page.getByRole("link", { name: "去核对" }).click();
    await page.getByText("牌子看不清,请补拍").waitFor();
    for (const size of [WIDE, NARROW]) {
      await page.setViewportSize(size);
      await looksWell(page);
      await desk.shows("written-since", { fullPage: true });
    }
    assert.ok(await page.locator(`a[href="/office/visits/${visit}"]`).isVisible());
    await page.getByRole("button", { name: "已处理" }).click();
    await page.getByText(/于 .* 处理/).waitFor();
    assert.deepEqual([...desk.complaints, ...phone.complaints], []);
  });

  test("the district office sees the backups and the register", async (t) => {
    if (!world.isOurs) return t.skip("the server is not ours to stop");
    const desk = await world.desk("restored-office");
    const page = await desk.opens("/office/devices");
    await desk.signsIn("office");
    await page.getByText(/最近一次备份/).waitFor();
    for (const size of [WIDE, NARROW]) {
      await page.setViewportSize(size);
      await looksWell(page);
      await desk.shows("devices");
    }
    await desk.goes("/office/restored");
    await page.getByText("神头镇 → 利民镇").waitFor();
    for (const size of [NARROW, WIDE]) {
      await page.setViewportSize(size);
      await looksWell(page);
      await desk.shows("written-since", { fullPage: true });
    }
    assert.deepEqual(desk.complaints, []);
  });
}
