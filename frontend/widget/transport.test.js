import assert from "node:assert/strict";
import test from "node:test";
import { Memory } from "./memory.js";
import { fakeStorage } from "./storage.fake.js";
import { Transport } from "./transport.js";

const HOUR = 3_600_000;

function begin(store = fakeStorage()) {
  const clock = { now: 1 };
  const open = () => new Transport(new Memory(store, "firstline:care"), () => clock.now);
  return { clock, open, transport: open() };
}

test("one lost socket is bad luck, two are a proxy", () => {
  const { transport } = begin();
  transport.failed(1006);
  assert.equal(transport.isStream, false);
  transport.failed(0);
  assert.equal(transport.isStream, true);
});

test("a desk that restarts or is full has spoken through a socket", () => {
  const { transport } = begin();
  for (const code of [1012, 1013, 1008]) transport.failed(code);
  assert.equal(transport.isStream, false);
});

test("a socket that was welcomed in between begins the count anew", () => {
  const { transport } = begin();
  transport.failed(0);
  transport.worked(false);
  transport.failed(0);
  assert.equal(transport.isStream, false);
});

test("a stream that worked is remembered by the next page, for an hour", () => {
  const { clock, open, transport } = begin();
  transport.failed(0);
  transport.failed(0);
  transport.worked(true);
  assert.equal(open().isStream, true);
  clock.now += HOUR;
  assert.equal(open().isStream, false);
  assert.equal(transport.isStream, false, "the open page tries a socket too");
  transport.failed(0);
  assert.equal(transport.isStream, true, "and once is enough this time");
});

test("where streams fail as well, each is tried in turn", () => {
  const { transport } = begin();
  const kinds = Array.from({ length: 6 }, () => {
    const { isStream } = transport;
    transport.failed(0);
    return isStream;
  });
  assert.deepEqual(kinds, [false, false, true, false, true, false]);
});
