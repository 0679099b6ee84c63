import assert from "node:assert/strict";
import { test } from "node:test";
import { stringify } from "./stringify.js";

const FRAME = { type: "hello", conversation: null, last_seq: 0, on: true, left: undefined, page: { title: 'A "b"\n' }, list: [1, "x", null, [{}]] };

test("says what JSON.stringify says", () => {
  assert.equal(stringify(FRAME), JSON.stringify(FRAME));
  assert.equal(stringify([]), "[]");
  assert.equal(stringify("ż"), '"ż"');
});

test("is not led astray by a page's own toJSON", () => {
  const expected = JSON.stringify(FRAME);
  for (const of of [Array, Object, String]) {
    Object.defineProperty(of.prototype, "toJSON", { value: () => "broken", configurable: true });
  }
  try {
    assert.notEqual(JSON.stringify(FRAME), expected);
    assert.equal(stringify(FRAME), expected);
  } finally {
    for (const of of [Array, Object, String]) Reflect.deleteProperty(of.prototype, "toJSON");
  }
});
