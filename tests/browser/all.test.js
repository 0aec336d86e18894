// Everything that needs a running server or a browser, over one server, because making the sample district
// takes a while.

import { after, before, describe } from "node:test";

import { everyRecord } from "../javascript/every-record.js";
import { uploads } from "../javascript/uploads.js";
import { busy } from "./busy.js";
import { evidence } from "./evidence.js";
import { firstLoad } from "./first-load.js";
import { joint } from "./joint.js";
import { refused } from "./refused.js";
import { restored } from "./restored.js";
import { story } from "./story.js";
import { together } from "./together.js";
import { openWorld } from "./world.js";

/** Holds the world once it is open. */
const opened = {};

before(async () => {
  opened.world = await openWorld();
});

after(() => opened.world?.close());

describe("every record", () => everyRecord(opened));
describe("an upload", () => uploads(opened));
describe("the first load", () => firstLoad(opened));
describe("an answer", () => together(opened));
describe("refused work", () => refused(opened));
describe("a busy server", () => busy(opened));
describe("a joint visit", () => joint(opened));
describe("two phones, one record", () => story(opened));
describe("evidence", () => evidence(opened));
describe("a restored server", () => restored(opened));
