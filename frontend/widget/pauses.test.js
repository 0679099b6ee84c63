import assert from "node:assert/strict";
import { test } from "node:test";

import { RESTART, pauseBefore } from "./pauses.js";

test("pauses double up to a bound, with jitter", () => {
  const longest = [1, 2, 3, 6, 7, 5000].map((tries) => pauseBefore(tries, 1006, () => 1));
  assert.deepEqual(longest, [500, 1000, 2000, 16_000, 20_000, 20_000]);
  const shortest = [1, 2, 7].map((tries) => pauseBefore(tries, 1006, () => 0));
  assert.deepEqual(shortest, [250, 500, 10_000]);
});

test("all sockets of a desk that restarts come back over five seconds", () => {
  const pauses = Array.from({ length: 1000 }, (_, at) => pauseBefore(1, RESTART, () => at / 1000));
  for (let second = 0; second < 5; second++) {
    const now = pauses.filter((pause) => Math.floor(pause / 1000) === second);
    assert.equal(now.length, 200);
  }
});

test("what the desk asked for is waited for, once, and while it is full", () => {
  assert.equal(pauseBefore(1, 1006, () => 1, 7000), 7000);
  assert.equal(pauseBefore(1, RESTART, () => 0.2, 7000), 7000);
  assert.equal(pauseBefore(1, 1006, () => 1, 100), 500);
  assert.equal(pauseBefore(2, 1006, () => 1, 7000), 1000);
  assert.equal(pauseBefore(2, 1013, () => 1, 7000), 7000);
});

test("a restart that is not over yet is waited for as any other", () => {
  assert.equal(pauseBefore(4, RESTART, () => 1), 4000);
});
