import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parse } from "./parse.js";

/** @type {{text: string, blocks: unknown[]}[]} */
const cases = JSON.parse(readFileSync("tests/bot/markup/cases.json", "utf8"));

for (const { text, blocks } of cases) {
  test(`reads ${JSON.stringify(text)} as the desk does`, () => assert.deepEqual(parse(text), blocks));
}
