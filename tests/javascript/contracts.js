// The files that the Rust tests agreed on (tests/contracts), read in Node.

import { readFileSync } from "node:fs";

const file = (name) => readFileSync(new URL(`../contracts/${name}`, import.meta.url), "utf8");

/** A JSON file there, parsed. */
export const json = (name) => JSON.parse(file(name));

/** The bytes of a file of hexadecimal digits there. */
export const bytes = (name) => Buffer.from(file(name).replace(/\s/g, ""), "hex");
