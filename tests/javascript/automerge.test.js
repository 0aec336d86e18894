// A record is a plain Automerge document: the stock client reads the same in it as we do.

import { test } from "node:test";

import { bytes, json } from "./contracts.js";
import { agrees } from "./stock-client.js";

test("the agreed record says the same to the stock client", () => {
  agrees(bytes("record-document.hex"), json("record-inspection.json"));
});
