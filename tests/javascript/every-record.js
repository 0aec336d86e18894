// Every record of 神头镇, fetched as its Automerge bytes, says to the stock client what our pages say.

import assert from "node:assert/strict";
import { test } from "node:test";

import { api } from "../browser/office-api.js";
import { agrees } from "./stock-client.js";

/** The test, over a server with the sample district. */
export function everyRecord(opened) {
  test("the stock client reads every record of 神头镇 as we do", async (t) => {
    const office = await api(opened.world.url, "office");
    const { visits } = await office.get("review-queue?status=all&area=140602100");
    assert.ok(visits.length > 0, "the sample has visits there");
    let conflicts = 0;
    for (const { visit } of visits) {
      const page = await office.get(`visits/${visit}`);
      agrees(await office.bytes(`visits/${visit}/document`), page.inspection);
      conflicts += visits.find((row) => row.visit === visit).conflicts;
    }
    assert.ok(conflicts > 0, "some of them have two values for one item");
    t.diagnostic(`${visits.length} records`);
  });
}
