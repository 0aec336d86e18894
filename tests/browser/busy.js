// What a phone does where the server takes nothing in: it says so, leaves the server alone for as long as it
// asked, and sends when told to. (R8)

import assert from "node:assert/strict";
import { test } from "node:test";

import { until } from "./world.js";

const SYNC = "**/api/v1/sync";

/** The tests, on a phone of its own. */
export function busy(opened) {
  test("a phone says that the server is busy, and doesn't ask again before it may (R8)", async () => {
    const phone = await opened.world.phone("busy");
    const page = await phone.opens();
    let asked = 0;
    let code = "overloaded";
    await page.route(SYNC, (route) => {
      asked += 1;
      const body = JSON.stringify({ code, title: "…", title_en: "…" });
      return route.fulfill({
        status: 503,
        contentType: "application/problem+json",
        headers: { "Retry-After": "600" },
        body,
      });
    });
    await phone.signsIn("coordinator-shentou");
    const chip = page.getByRole("status").filter({ hasText: "服务器暂不接收,已存本机" }).first();
    await chip.waitFor();
    assert.equal(asked, 1);

    // Looking at the page again, or a network that comes back, is no reason to ask before the time.
    await page.evaluate(() => {
      document.dispatchEvent(new Event("visibilitychange"));
      dispatchEvent(new Event("online"));
    });
    await chip.click();
    await page.getByText("服务器正忙,内容仍在本机,稍后自动再报。").waitFor();
    await phone.shows("busy");
    assert.equal(asked, 1);

    // Whoever presses the button is heard.
    code = "disk_full";
    await page.getByRole("button", { name: "现在上报" }).click();
    await page.getByText("服务器暂时不接收新内容(磁盘将满),内容仍在本机,会自动再报。").waitFor();
    await until("the button was heard once", () => asked === 2);
    await phone.shows("disk-full");

    await page.unroute(SYNC);
    await page.getByRole("button", { name: "现在上报" }).click();
    await page.getByRole("status").filter({ hasText: "已全部上报" }).first().waitFor();
    await page.close();
  });
}
