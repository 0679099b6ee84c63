import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Timeline } from "./timeline.js";

/** @type {Map<string, string>} */
let storage;
/** @type {Timeline} */
let timeline;

const store = {
  getItem: (/** @type {string} */ key) => storage.get(key) ?? null,
  setItem: (/** @type {string} */ key, /** @type {string} */ value) => void storage.set(key, value),
  removeItem: (/** @type {string} */ key) => void storage.delete(key),
};

/**
 * @param {number} seq @param {Partial<import("./timeline.js").Message>} [fields]
 * @returns {import("./timeline.js").Message}
 */
function message(seq, fields = {}) {
  const author = /** @type {const} */ ({ kind: "bot", name: null });
  const at = "2026-11-23T12:00:00Z";
  return { conversation: "c1", seq, id: null, at, author, text: `#${seq}`, buttons: [], image: null, ...fields };
}

beforeEach(() => {
  storage = new Map();
  timeline = new Timeline(store, "pending");
});

test("messages are taken in order, once", () => {
  assert.equal(timeline.add(message(1)), "added");
  assert.equal(timeline.add(message(2)), "added");
  assert.equal(timeline.add(message(2)), "known");
  assert.equal(timeline.lastSeq, 2);
});

test("a gap is noticed and filled", () => {
  timeline.add(message(1));
  assert.equal(timeline.add(message(4)), "gap");
  assert.deepEqual([2, 3, 4].map((seq) => timeline.add(message(seq))), ["added", "added", "added"]);
});

test("a new conversation starts at 1 and keeps the old one in sight", () => {
  timeline.add(message(1));
  timeline.enter("c2");
  assert.equal(timeline.lastSeq, 0);
  assert.equal(timeline.add(message(1, { conversation: "c2" })), "added");
  assert.deepEqual(timeline.earlier.map((each) => each.conversation), ["c1"]);
});

test("what is not acknowledged is sent again, also after a reload", () => {
  timeline.send({ type: "message", id: "a", text: "Hello" });
  timeline.send({ type: "message", id: "b", text: "again" });
  const reloaded = new Timeline(store, "pending");
  assert.deepEqual(reloaded.unsent().map((frame) => frame.id), ["a", "b"]);
  reloaded.add(message(1, { id: "a" }));
  assert.deepEqual(reloaded.unsent().map((frame) => frame.id), ["b"]);
});

test("an acknowledgement alone does not lose the message before it is shown", () => {
  timeline.send({ type: "message", id: "a", text: "Hello" });
  timeline.acknowledge("a");
  assert.equal(timeline.pending.size, 1);
  timeline.add(message(1, { id: "a" }));
  timeline.acknowledge("a");
  assert.equal(timeline.pending.size, 0);
  assert.equal(storage.size, 0);
});

test("a refused message is kept with its problem and not sent again by itself", () => {
  timeline.send({ type: "message", id: "a", text: "x" });
  timeline.refuse("a", "too long");
  assert.deepEqual(timeline.unsent(), []);
  assert.equal(timeline.pending.get("a")?.problem, "too long");
  timeline.forget("a");
  assert.equal(timeline.pending.size, 0);
});

test("broken or blocked storage does not stop the chat", () => {
  storage.set("pending", "{not json");
  assert.deepEqual(new Timeline(store, "pending").unsent(), []);
  const blocked = {
    getItem: () => { throw new Error("blocked"); },
    setItem: () => { throw new Error("blocked"); },
    removeItem: () => { throw new Error("blocked"); },
  };
  const chat = new Timeline(blocked, "pending");
  chat.send({ type: "message", id: "a", text: "Hello" });
  assert.equal(chat.unsent().length, 1);
});
