// What an answer of the server brings is stored together or not at all.

import assert from "node:assert/strict";
import { test } from "node:test";

import { until } from "./world.js";

/** The tests. */
export function together(opened) {
  test("C6: where the cursor can't be stored, nothing that came with it is; afterwards all of it comes", async () => {
    const phone = await opened.world.phone("together");
    await phone.context.addInitScript(() => {
      const put = IDBObjectStore.prototype.put;
      IDBObjectStore.prototype.put = function (value, key) {
        if (this.name !== "meta" || key !== "state" || localStorage.getItem("mended")) return put.call(this, value, key);
        globalThis.refused = (globalThis.refused ?? 0) + 1;
        throw new DOMException("the disk is gone", "UnknownError");
      };
    });
    const page = await phone.opens();
    await phone.signsIn("coordinator-shentou");
    await until("an answer was to be stored", () => page.evaluate(() => globalThis.refused > 0));
    assert.deepEqual(await stored(page), { records: 0, summaries: 0, rows: 0 });

    await page.evaluate(() => localStorage.setItem("mended", "yes"));
    await phone.isReopened();
    await phone.page.getByRole("heading", { name: "该去的" }).waitFor();
    const afterwards = await stored(phone.page);
    assert.ok(afterwards.records > 0 && afterwards.records === afterwards.summaries && afterwards.rows > 0);
  });
}

/** How much the phone's store holds of what servers tell. */
function stored(page) {
  return page.evaluate(async () => {
    const whole = (request) =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const counted = { records: 0, summaries: 0, rows: 0 };
    for (const { name } of await indexedDB.databases()) {
      const database = await whole(indexedDB.open(name));
      for (const store of Object.keys(counted).filter((known) => database.objectStoreNames.contains(known))) {
        counted[store] += await whole(database.transaction(store).objectStore(store).count());
      }
      database.close();
    }
    return counted;
  });
}
