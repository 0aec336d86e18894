// The main story, as three people live it: two coordinators with a phone each write in one record without a
// network, their supervisor returns it, it is corrected and approved, and the district's coverage counts it.

import assert from "node:assert/strict";
import { before, test } from "node:test";

import { looksWell } from "./looks.js";
import { api } from "./office-api.js";
import { until } from "./world.js";

const SHENTOU = "140602100";

const told = (page, text) => page.getByRole("status").filter({ hasText: text }).first().waitFor();
const sent = (page) => told(page, "已全部上报");
const saved = (page) => told(page, /已存本机|已上报/);
const item = (page, title) => page.getByRole("region", { name: title, exact: true });
/** What can be chosen under an item, with the sign that a chosen one carries. */
const choice = (page, title, label) =>
  item(page, title).locator("label").filter({ hasText: new RegExp(`^([✓✕–] )?${label}$`) }).locator("input");
const answer = (page, title, label) => choice(page, title, label).click();
const chosen = (page, title, label) => choice(page, title, label).and(page.locator(":checked"));

/** The tests, each going on where the one before stopped. */
export function story(opened) {
  let world;
  let office;
  let first;
  let second;
  let supervisor;
  let cooperative;
  let visit;
  let countedBefore;

  before(async () => {
    world = opened.world;
    office = await api(world.url, "office");
    first = await world.phone("phone-1");
    second = await world.phone("phone-2");
    supervisor = await world.desk("desk");
  });

  /** The figures of 神头镇 for the half-year that runs now. */
  async function shentou() {
    const { units } = await office.get(`coverage?period=${office.period}&area=140602`);
    return units.find((unit) => unit.area === SHENTOU);
  }

  /** The cooperatives of 神头镇 behind a figure. */
  async function behind(figure) {
    const path = `coverage/cooperatives?period=${office.period}&area=${SHENTOU}&figure=${figure}`;
    return (await office.get(path)).cooperatives;
  }

  test("a coordinator signs in and finds where to go", async () => {
    const page = await first.opens();
    await page.getByRole("button", { name: "登录", exact: true }).waitFor();
    await first.shows("sign-in");
    await looksWell(page);
    await first.signsIn("coordinator-shentou");
    await page.getByRole("heading", { name: "今日" }).waitFor();
    await sent(page);
    await page.getByRole("heading", { name: /该去的/ }).waitFor();
    await first.shows("today");
    await looksWell(page);

    // A cooperative that is due, that nobody has been to in this half-year, and where nobody is now.
    const been = new Set([...(await behind("visited")), ...(await behind("attempted"))].map(({ id }) => id));
    for (const due of (await behind("due")).filter(({ id }) => !been.has(id))) {
      const { visits } = await office.get(`cooperatives/${due.id}`);
      if (visits.every(({ status }) => status !== "in_progress")) cooperative ??= due;
    }
    assert.ok(cooperative, "somewhere in 神头镇 there is still a visit to make");
    countedBefore = (await shentou()).counted;
  });

  test("she starts a visit, and it reaches the other phone", async () => {
    const { page } = first;
    await first.goes("/cooperatives");
    await page.getByLabel("查找合作社").fill(cooperative.name);
    await page.getByRole("link", { name: cooperative.name }).first().waitFor();
    await first.shows("search");
    await looksWell(page);
    await page.getByRole("link", { name: cooperative.name }).first().click();
    await page.getByRole("button", { name: "开始走访" }).click();
    await page.waitForURL(/\/visits\//);
    visit = page.url().match(/visits\/([^/#?]+)/)[1];
    await first.goes(`/visits/${visit}`);
    await page.getByRole("heading", { name: cooperative.name }).waitFor();
    // Without a position the visit would not count.
    const takeFix = page.getByRole("button", { name: "记录位置", exact: true });
    const fixTaken = page.getByText(/已记录,误差约/);
    await takeFix.or(fixTaken).first().waitFor();
    if (await takeFix.isVisible()) await takeFix.click();
    await fixTaken.waitFor();
    await told(page, /已上报/);
    await first.shows("visit");
    await looksWell(page);

    const other = await second.opens();
    await second.signsIn("coordinator-shentou-2");
    await sent(other);
    await second.goes(`/visits/${visit}`);
    await other.getByRole("button", { name: "我也在现场,加入填写" }).click();
    await other.getByRole("button", { name: /^还差/ }).waitFor();
    await told(other, /已上报/);
  });

  test("both go offline, answer, are killed, and open again with everything there", async () => {
    for (const phone of [first, second]) {
      await until("the app is kept for offline use", () =>
        phone.page.evaluate(async () => navigator.serviceWorker.controller !== null && (await caches.keys()).length > 0));
      await phone.goesOffline();
      await phone.goes(`/visits/${visit}/sections/status`);
      await answer(phone.page, "现在运行得怎么样", "正常运行");
      await saved(phone.page);
      await phone.goes(`/visits/${visit}/sections/five_haves`);
    }
    for (const title of ["有固定场地", "挂了牌子", "有规章制度"]) await answer(first.page, title, "是");
    await saved(first.page);
    await first.shows("section");
    await looksWell(first.page);
    await answer(second.page, "挂了牌子", "否");
    await answer(second.page, "有账本", "是");
    await saved(second.page);

    for (const [phone, title] of [[first, "有规章制度"], [second, "有账本"]]) {
      const page = await phone.isReopened();
      await chosen(page, title, "是").waitFor({ state: "attached" });
    }
    await first.goes("/records");
    await first.page.getByText("还没上报").waitFor();
    await first.shows("records-offline");
    await looksWell(first.page);
  });

  test("a second tab says so, and takes over when the first closes", async () => {
    const tab = await first.context.newPage();
    await tab.goto(first.line.url);
    await tab.getByText("巡访已在另一个标签页打开").waitFor();
    await first.page.close();
    await tab.getByRole("heading", { name: "今日" }).waitFor();
    first.page = tab;
  });

  test("online again, the second phone before the first, it is one record with both values", async () => {
    for (const phone of [second, first]) {
      await phone.comesOnline();
      await phone.goes("/records");
      await sent(phone.page);
    }
    await first.goes(`/visits/${visit}/sections/five_haves`);
    const signboard = item(first.page, "挂了牌子");
    await signboard.getByText("选这个").first().waitFor();
    assert.equal(await signboard.getByText("选这个").count(), 2);
    await chosen(first.page, "有账本", "是").waitFor({ state: "attached" });
    await signboard.scrollIntoViewIfNeeded();
    await first.shows("conflict");
    await looksWell(first.page);
  });

  test("she completes and submits it", async () => {
    const { page } = first;
    await first.goes(`/visits/${visit}`);
    const links = page.getByRole("list", { name: "目录" }).getByRole("link");
    await links.first().waitFor();
    const sections = await links.evaluateAll((all) => all.map((link) => link.getAttribute("href")));
    for (const section of sections) {
      await first.goes(section);
      await page.locator("section.item").first().waitFor();
      // Every open question that is required gets its first answer.
      const open = page.locator("section.item").filter({ hasText: "必填" });
      for (let left = await open.count(); left > 0; left -= 1) {
        await open.first().locator("input").first().click();
        await until("the question is answered", async () => (await open.count()) < left);
      }
      await saved(page);
    }
    await first.goes(`/visits/${visit}`);
    await page.getByRole("button", { name: "提交", exact: true }).click();
    await first.shows("submit");
    await looksWell(page);
    await page.getByRole("dialog").getByRole("button", { name: "提交", exact: true }).click();
    await page.getByText(/已提交/).first().waitFor();
    await told(page, /已上报/);
  });

  test("the supervisor picks between the two values and returns it", async () => {
    const page = await supervisor.opens();
    await supervisor.signsIn("supervisor-shentou");
    await page.getByRole("list", { name: "待审核" }).waitFor();
    await supervisor.shows("queue");
    await looksWell(page);
    await supervisor.goes(`/office/review/${visit}`);
    await page.getByRole("heading", { name: cooperative.name }).first().waitFor();
    await page.getByText("两人填得不一样").first().scrollIntoViewIfNeeded();
    await supervisor.shows("conflict");
    await looksWell(page);
    await page.getByRole("button", { name: "选这个" }).first().click();
    await page.getByText("已选定").waitFor();
    await page.getByRole("button", { name: "意见: 有账本" }).click();
    await page.getByLabel("对这一项的意见").fill("账本照片看不清日期,请补拍。");
    await page.getByRole("button", { name: "退回", exact: true }).first().click();
    await page.getByRole("dialog").waitFor();
    await supervisor.shows("return");
    await page.getByRole("dialog").getByRole("button", { name: "退回", exact: true }).click();
    await page.getByText(/已退回 · /).first().waitFor();
  });

  test("she sees the comment beside the item, corrects and submits again", async () => {
    const { page } = first;
    await first.goes("/");
    await page.getByText("退回修改").waitFor();
    await first.shows("returned");
    await looksWell(page);
    await first.goes(`/visits/${visit}/sections/five_haves`);
    const books = item(page, "有账本");
    await books.getByText("账本照片看不清日期,请补拍。").waitFor();
    await books.scrollIntoViewIfNeeded();
    await first.shows("comment");
    await looksWell(page);
    await books.getByRole("button", { name: "情况没变" }).click();
    await books.getByText("已改过").waitFor();
    await saved(page);
    await first.goes(`/visits/${visit}`);
    await page.getByRole("button", { name: "改好了,重新提交" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "改好了,重新提交" }).click();
    await page.getByText(/再次提交/).first().waitFor();
    await told(page, /已上报/);
  });

  test("it is approved, and coverage counts it", async () => {
    const { page } = supervisor;
    await supervisor.goes(`/office/review/${visit}`);
    await page.getByText("再次提交").filter({ visible: true }).first().waitFor();
    await page.getByRole("button", { name: "通过", exact: true }).first().click();
    await page.getByRole("dialog").getByRole("button", { name: "通过", exact: true }).click();
    await page.getByText(/已通过 · /).first().waitFor();
    await supervisor.shows("approved");
    assert.equal((await shentou()).counted, countedBefore + 1);

    const desk = await world.desk("office");
    const coverage = await desk.opens();
    await desk.signsIn("office");
    await coverage.getByRole("navigation").first().waitFor();
    await desk.goes("/office/coverage");
    await coverage.getByText("神头镇").filter({ visible: true }).first().waitFor();
    await desk.shows("coverage");
    await looksWell(coverage);
    assert.deepEqual(desk.complaints, []);
  });

  test("nobody's console complained", () => {
    for (const device of [first, second, supervisor]) assert.deepEqual(device.complaints, [], device.name);
  });
}
