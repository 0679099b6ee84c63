import assert from "node:assert/strict";
import { test } from "node:test";
import { contrast, readable, rgb, textOn } from "./colors.js";

const GROUNDS = { light: ["#ffffff", "#f4f6f6"], dark: ["#161d1c", "#101615"] };
const parts = [0, 51, 102, 153, 204, 255];
const all = parts.flatMap((r) => parts.flatMap((g) => parts.map((b) => [r, g, b])));

test("black on white is 21 to 1, and a published pair is right", () => {
  assert.equal(contrast([0, 0, 0], [255, 255, 255]), 21);
  assert.ok(Math.abs(contrast([118, 118, 118], [255, 255, 255]) - 4.54) < 0.01);
});

test("hex colours are read, anything else is not", () => {
  assert.deepEqual(rgb("#0f6"), [0, 255, 102]);
  assert.deepEqual(rgb(" #0F6b63 "), [15, 107, 99]);
  for (const bad of ["red", "#12", "#12345g", "url(x)", ""]) assert.equal(rgb(bad), null);
});

test("text on every colour, and every colour as text, has at least 4.5 to 1", () => {
  for (const color of all) {
    assert.ok(contrast(color, textOn(color)) >= 4.5, String(color));
    for (const grounds of Object.values(GROUNDS)) {
      const known = /** @type {number[][]} */ (grounds.map(rgb));
      const shade = readable(color, known);
      for (const ground of known) assert.ok(contrast(shade, ground) >= 4.5, `${color} on ${ground}`);
    }
  }
});

test("a colour that can be read already is left alone", () => {
  assert.deepEqual(readable([15, 107, 99], [[255, 255, 255]]), [15, 107, 99]);
});
