import assert from "node:assert/strict";
import { test } from "node:test";
import { matches } from "./proactive.js";

test("a pattern fits a whole path, and a star anything", () => {
  for (const [pattern, path, fits] of /** @type {[string, string, boolean][]} */ ([
    ["/checkout", "/checkout", true],
    ["/checkout", "/checkout/pay", false],
    ["/checkout*", "/checkout/pay", true],
    ["/*/help", "/pl/help", true],
    ["/*", "/", true],
    ["/a.b", "/axb", false],
    ["/(x", "/(x", true],
  ])) {
    assert.equal(matches(pattern, path), fits, `${pattern} ${path}`);
  }
});
