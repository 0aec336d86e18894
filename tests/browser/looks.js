// What must hold on every screen, however it looks: nothing sticks out sideways, and axe finds nothing.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** Fails where the screen scrolls sideways or axe finds a violation of WCAG 2.2 A or AA. */
export async function looksWell(page) {
  const { wide, room } = await page.evaluate(() => ({ wide: document.documentElement.scrollWidth, room: innerWidth }));
  assert.ok(wide <= room, `${page.url()} is ${wide} px wide in a window of ${room}`);
  await page.evaluate(axe);
  const { violations } = await page.evaluate((rules) => axe.run(document, { runOnly: rules }), RULES);
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`);
  assert.deepEqual(found, [], page.url());
}
