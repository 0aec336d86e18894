// 合作社已划到别的乡镇: a coordinator visits a cooperative without a network while the register moves it to
// another town. Nothing of the visit is taken; all of it stays readable on her phone, the supervisor of the
// other town sees what it says and lets it in, and the phone hears of it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, test } from "node:test";

import { looksWell } from "./looks.js";
import { api } from "./office-api.js";
import { until } from "./world.js";

const XIATUANBAO = { area: "140602200", account: "coordinator-xiatuanbao" };
const LIMIN = { area: "140602101", account: "supervisor-limin" };
const SENTENCE = "合作社当天已划到利民镇,走访属实";

/** The tests, each going on where the one before stopped. */
export function refused(opened) {
  let world;
  let phone;
  let desk;
  let names;

  before(() => {
    world = opened.world;
  });

  /** Starts a visit to a cooperative without a network, and writes a little. */
  async function visits({ id, name }) {
    const { page } = phone;
    await phone.goes(`/cooperatives/${id}`);
    await page.getByRole("heading", { name }).waitFor();
    await page.getByRole("button", { name: /^开始走访/ }).click();
    await page.waitForURL(/\/visits\//);
    const visit = page.url().match(/visits\/([^/#?]+)/)[1];
    await phone.goes(`/visits/${visit}/sections/five_haves`);
    for (const title of ["挂了牌子", "有规章制度"]) {
      await page.getByRole("region", { name: title, exact: true }).locator("label").filter({ hasText: /^是$/ }).click();
    }
    await page.getByRole("status").filter({ hasText: "已存本机" }).first().waitFor();
  }

  test("what is not taken stays readable on the phone", async () => {
    const office = await api(world.url, "office");
    const { cooperatives } = await office.get(`cooperatives?area=${XIATUANBAO.area}`);
    const untouched = [];
    for (const one of cooperatives) {
      const { visits: known } = await office.get(`cooperatives/${one.id}`);
      if (known.every(({ status }) => status !== "in_progress")) untouched.push(one);
      if (untouched.length === 2) break;
    }
    names = untouched.map(({ name }) => name);
    phone = await world.phone("refused");
    const page = await phone.opens();
    await phone.signsIn(XIATUANBAO.account);
    await page.getByRole("status").filter({ hasText: "已全部上报" }).first().waitFor();
    await until("the app is kept for offline use", () =>
      page.evaluate(async () => navigator.serviceWorker.controller !== null && (await caches.keys()).length > 0));
    await phone.goesOffline();
    for (const one of untouched) await visits(one);
    for (const { id } of untouched) world.moves(id, LIMIN.area);
    await phone.comesOnline();
    await phone.goes("/records");
    await page.getByRole("link", { name: /2 条需要处理/ }).first().waitFor();
    await until("both are shown", async () => (await page.locator(".entered").count()) === 2);
    const entered = await page.locator(".entered").allTextContents();
    for (const text of entered) assert.match(text, /挂了牌子: 是.*有规章制度: 是/s);
    assert.equal(await page.getByRole("heading", { name: /^还没上报/ }).count(), 0);
    await phone.shows("needs-attention");
    await looksWell(page);
  });

  test("the supervisor of the area reads it and lets it in", async () => {
    desk = await world.desk("quarantine");
    const page = await desk.opens("/office/quarantine");
    await desk.signsIn(LIMIN.account);
    await page.getByRole("navigation").getByRole("link", { name: /未接收/ }).click();
    const list = page.getByRole("region", { name: "未接收的内容" });
    await list.getByRole("link", { name: names[0] }).click();
    await page.getByRole("heading", { level: 1, name: names[0] }).waitFor();
    await page.getByRole("heading", { name: "放行后记录会有的变化" }).waitFor();
    await page.locator(".differences li").filter({ hasText: "有规章制度" }).first().waitFor();
    await desk.shows("open");
    await looksWell(page);
    await page.emulateMedia({ media: "print" });
    await desk.shows("print");
    await page.emulateMedia({ media: null });

    await page.getByRole("button", { name: /^放行/ }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "放行", exact: true }).click();
    await dialog.getByText("请写明原因。").waitFor();
    await dialog.getByLabel("原因").fill(SENTENCE);
    await desk.shows("release");
    await looksWell(page);
    await dialog.getByRole("button", { name: "放行", exact: true }).click();
    await dialog.waitFor({ state: "detached" });
    await page.locator(".parcel-outcome").filter({ hasText: "已放行" }).first().waitFor();
    assert.equal(await page.locator(".parcel-outcome").filter({ hasText: SENTENCE }).count(), await page.locator(".parcel-outcome").count());
    await until("it is no longer in the list", async () => (await list.getByRole("link", { name: names[0] }).count()) === 0);
    await desk.shows("released");
    await looksWell(page);
  });

  test("the other is kept out, with a reason, and as a file", async () => {
    const { page } = desk;
    await page.setViewportSize({ width: 360, height: 740 });
    await desk.goes("/office/quarantine");
    await page.getByRole("link", { name: names[1] }).waitFor();
    await desk.shows("narrow-list");
    await looksWell(page);
    await page.getByRole("link", { name: names[1] }).click();
    await page.getByRole("heading", { level: 1, name: names[1] }).waitFor();
    await page.locator(".differences li").first().waitFor();
    await desk.shows("narrow", { fullPage: true });
    await looksWell(page);
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "导出" }).click()]);
    assert.match(download.suggestedFilename(), new RegExp(`^未接收-${names[1]}-.+-\\d{4}-\\d\\d-\\d\\d\\.json$`));
    const file = JSON.parse(readFileSync(await download.path(), "utf8"));
    assert.equal(file.sent.length, file.changes.length);

    await page.getByRole("button", { name: "不予采用" }).click();
    await page.getByRole("dialog").getByLabel("原因").fill("重复走访");
    await page.getByRole("dialog").getByRole("button", { name: "不予采用" }).click();
    await page.locator(".parcel-outcome").filter({ hasText: "不予采用" }).first().waitFor();
    await desk.goes("/office/quarantine?state=resolved");
    await page.getByRole("link", { name: names[0] }).filter({ hasText: "已放行" }).waitFor();
    await page.getByRole("link", { name: names[1] }).filter({ hasText: "不予采用" }).waitFor();
    assert.equal(await page.getByRole("radio", { name: "已处理" }).isChecked(), true);
    await page.setViewportSize({ width: 1440, height: 900 });
    assert.deepEqual(desk.complaints, []);
  });

  test("the phone hears of both", async () => {
    await phone.goes("/records");
    const { page } = phone;
    await page.getByText("审核人不予采用:重复走访").waitFor();
    await page.getByRole("link", { name: /1 条需要处理/ }).first().waitFor();
    assert.equal(await page.locator(".entered").count(), 1, "what was released waits no longer");
    await phone.shows("heard");
    await looksWell(page);
    assert.deepEqual(phone.complaints, []);
  });
}
