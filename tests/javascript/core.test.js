// The core as wasm does to the byte what the native core does.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, test } from "node:test";

import { Record, Round, initSync } from "../../mobile-web/src/core/wasm/sync_core.js";
import { bytes, json } from "./contracts.js";

before(() => {
  const wasm = new URL("../../mobile-web/src/core/wasm/sync_core_bg.wasm", import.meta.url);
  initSync({ module: readFileSync(wasm) });
});

const story = json("record.json");

function recorded() {
  const record = Record.start(JSON.stringify(story.new), Buffer.from(story.entropy, "hex"));
  for (const { actor, now, commands } of story.changes) {
    assert.equal(record.apply(story.person, actor, now, JSON.stringify(commands)), undefined);
  }
  return record;
}

test("fixed commands come to the same stored bytes", () => {
  assert.deepEqual(Buffer.from(recorded().bytes()), bytes("record-stored.hex"));
});

test("they are pushed as the same bytes", () => {
  const round = new Round(undefined);
  round.grant(JSON.stringify(["140602100"]));
  round.add(recorded().bytes());
  assert.deepEqual(Buffer.from(round.push("0.1.0", 1_776_840_000_000, 65_536, "[]")), bytes("record-push.hex"));
});

test("they read the same", () => {
  const view = JSON.parse(recorded().view(story.person, "[]"));
  assert.deepEqual(view.inspection, json("record-inspection.json"));
});

test("a refused command changes nothing", () => {
  const record = recorded();
  const stored = record.bytes();
  const [{ actor }] = story.changes;
  const commands = [{ command: "answer", item: "no_such_item", value: { kind: "yes_no", value: "yes" } }];
  assert.equal(record.apply(story.person, actor, 1_776_850_000_000, JSON.stringify(commands)), "unknown_item");
  assert.deepEqual(record.bytes(), stored);
});
