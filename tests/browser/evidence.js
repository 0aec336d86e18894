// Evidence, from the camera to the server: photos are made small and kept on the phone before their record names
// them; they go up while the app is open, whatever the line does.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { before, test } from "node:test";

import { looksWell } from "./looks.js";
import { api } from "./office-api.js";
import { photo } from "./photos.js";
import { until } from "./world.js";

const SHENTOU = "140602100";
const SECTION = "five_haves";

const item = (page, title) => page.getByRole("region", { name: title, exact: true });
const tiles = (within) => within.getByRole("button", { name: /^查看/ });
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** Chooses files, as the sheet's camera, gallery or file dialog would give them. */
async function add(page, title, source, files) {
  await item(page, title).getByRole("button", { name: `添加照片或文件:${title}` }).click();
  await page.locator(`input[data-source=${source}]`).setInputFiles(files);
}

/** The tests, each going on where the one before stopped. */
export function evidence(opened) {
  let world;
  let office;
  let phone;
  let visit;
  let photos;

  before(async () => {
    world = opened.world;
    office = await api(world.url, "office");
    phone = await world.phone("camera");
  });

  test("nine photos of 3 to 12 megapixels are kept without a network, small and without what the camera wrote", async () => {
    const page = await phone.opens();
    await phone.signsIn("coordinator-shentou");
    await page.getByRole("status").filter({ hasText: "已全部上报" }).first().waitFor();
    await until("the app is kept for offline use", () => page.evaluate(() => navigator.serviceWorker.controller !== null));
    const path = `coverage/cooperatives?period=${office.period}&area=${SHENTOU}&figure=due`;
    const due = (await office.get(path)).cooperatives;
    await phone.goes(`/cooperatives/${due.at(-1).id}`);
    await page.getByRole("button", { name: "开始走访" }).or(page.getByRole("link", { name: "继续填写" })).first().click();
    await page.waitForURL(/\/visits\//);
    visit = page.url().match(/visits\/([^/#?]+)/)[1];
    await page.getByRole("status").filter({ hasText: /已存本机|已上报/ }).first().waitFor();

    photos = [];
    const held = { orientation: 6, taken: "2026:03:05 09:40:00", latitude: [39, 22, 52.3], longitude: [112, 31, 19.5] };
    for (const [number, megapixels] of [12, 3, 4, 5, 6, 7, 8, 10, 12].entries()) {
      photos.push(await photo(page, megapixels, number, number === 0 ? held : undefined));
    }
    await phone.goesOffline();
    await phone.goes(`/visits/${visit}/sections/${SECTION}`);
    await item(page, "有固定场地").getByRole("button", { name: /添加照片/ }).click();
    await page.getByRole("dialog").waitFor();
    await phone.shows("sheet");
    await looksWell(page);
    await page.keyboard.press("Escape");
    await add(page, "有固定场地", "gallery", photos.slice(0, 4));
    await add(page, "挂了牌子", "gallery", photos.slice(4, 8));
    await until("eight photos are there", async () => (await tiles(page).count()) === 8);
    await add(page, "挂了牌子", "camera", photos.slice(8));
    await until("nine photos are there", async () => (await tiles(page).count()) === 9);
    await phone.shows("nine");
    await looksWell(page);

    const files = await kept(page);
    assert.equal(files.length, 9);
    for (const { about, bytes, longest, chunks } of files) {
      const { file } = about.added;
      assert.equal(longest, 1600);
      assert.equal(file.media_type, "image/jpeg");
      assert.equal(file.bytes, bytes.length);
      assert.equal(file.sha256, sha256(bytes));
      assert.ok(!bytes.includes("Exif"), "nothing of what the camera wrote is left");
      assert.ok(chunks.slice(0, -1).every((size) => size === 256 * 1024) && chunks.every((size) => size <= 256 * 1024));
    }
    const turned = files.find(({ about }) => about.added.file.taken_at === Date.parse("2026-03-05T09:40:00+08:00"));
    assert.ok(turned, "the time the photo was taken is in the record");
    assert.ok(turned.height > turned.width, "a photo taken upright stands upright");
    assert.deepEqual(turned.about.added.file.position, { latitude_e7: 393811944, longitude_e7: 1125220833, accuracy_m: 50 });
  });

  test("a photo is looked at closely, captioned and withdrawn, which leaves a mark", async () => {
    const { page } = phone;
    const premises = item(page, "有固定场地");
    await tiles(premises).first().click();
    const viewer = page.getByRole("dialog");
    await viewer.getByRole("img").waitFor();
    await viewer.getByRole("button", { name: "放大" }).click();
    await viewer.getByLabel("说明").fill("大门朝南,牌子在左侧。");
    await phone.shows("viewer");
    await looksWell(page);
    await viewer.getByRole("button", { name: "下一张" }).click();
    await viewer.getByText("2 / 4").waitFor();
    await viewer.getByRole("button", { name: "撤回" }).click();
    await phone.shows("withdraw");
    await page.getByRole("dialog", { name: /撤回/ }).getByRole("button", { name: "撤回" }).click();
    await viewer.getByText(/已撤回$/).first().waitFor();
    await viewer.getByRole("button", { name: "关闭" }).click();
    assert.equal(await tiles(premises).count(), 4, "the mark stays");
    await premises.getByRole("button", { name: /已撤回/ }).waitFor();
  });

  test("killed with everything kept but one photo not yet in its record, the phone enters it at the next opening", async () => {
    const { page } = phone;
    // The core is never asked to write the record; the photo is kept before.
    await page.evaluate(() => {
      const post = Worker.prototype.postMessage;
      Worker.prototype.postMessage = function (message, ...more) {
        if (message.question !== "apply") post.call(this, message, ...more);
      };
    });
    await add(page, "挂了牌子", "gallery", [await photo(page, 3, 20)]);
    await until("the photo is kept", async () => (await kept(page)).length === 10);
    await phone.isReopened();
    await until("it is in its record", async () => (await tiles(phone.page).count()) === 10);
  });

  test("over a line that breaks, killed in between, the phone gets a receipt for every photo", async () => {
    const { page } = phone;
    const files = await kept(page);
    assert.equal(files.length, 10);
    const total = files.reduce((sum, { bytes }) => sum + bytes.length, 0);
    // Three times the line goes somewhere within the bytes, once the phone dies with it.
    for (const share of [0.17, 0.29, 0.23]) {
      const isCut = phone.line.cutAfter(Math.round(total * share));
      phone.line.cut(false);
      await phone.context.setOffline(false);
      await isCut;
      await phone.context.setOffline(true);
      if (share === 0.29) await phone.isReopened();
    }
    await phone.comesOnline();
    await phone.goes(`/visits/${visit}`);
    await phone.page.getByText("9 个已全部送达").waitFor();
    await phone.shows("arrived");
    await looksWell(phone.page);
  });
}

/** Every file on the phone with its bytes and what the phone knows of it. */
async function kept(page) {
  const files = await page.evaluate(async () => {
    const whole = (request) =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const { name } = (await indexedDB.databases()).find((one) => one.name.endsWith("-evidence"));
    const database = await whole(indexedDB.open(name));
    const from = (store) => database.transaction(store).objectStore(store);
    const ids = await whole(from("files").getAllKeys());
    const found = await Promise.all(
      ids.map(async (id) => {
        const about = JSON.parse(new TextDecoder().decode(await whole(from("files").get(id))));
        const chunks = await whole(from("chunks").getAll(IDBKeyRange.bound([id], [id, []])));
        const blob = new Blob(chunks, { type: about.added.file.media_type });
        const { width, height } = blob.type.startsWith("image/") ? await createImageBitmap(blob) : { width: 0, height: 0 };
        let text = "";
        for (const chunk of chunks) for (let at = 0; at < chunk.length; at += 32768) text += String.fromCharCode(...chunk.subarray(at, at + 32768));
        return { id, about, width, height, chunks: chunks.map(({ length }) => length), text: btoa(text) };
      }),
    );
    database.close();
    return found;
  });
  return files.map(({ text, ...file }) => ({
    ...file,
    longest: Math.max(file.width, file.height),
    bytes: Buffer.from(text, "base64"),
  }));
}
