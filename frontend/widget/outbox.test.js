import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Outbox } from "./outbox.js";
import { fakeStorage } from "./storage.fake.js";

/** @type {ReturnType<typeof fakeStorage>} */
let store;
/** @type {Outbox} */
let outbox;

const a = { type: "message", id: "a", text: "Hello" };
const b = { type: "message", id: "b", text: "again" };
const reloaded = () => new Outbox(store, "pending");

beforeEach(() => {
  store = fakeStorage();
  outbox = new Outbox(store, "pending");
});

test("frames go out in order, the next one after the acknowledgement", () => {
  outbox.add(a);
  outbox.add(b);
  assert.equal(outbox.next()?.id, "a");
  assert.equal(outbox.next(), null);
  outbox.commit("a", "c1");
  assert.equal(outbox.next()?.id, "b");
});

test("a frame that came too fast is not overtaken", () => {
  outbox.add(a);
  outbox.add(b);
  outbox.next();
  assert.equal(outbox.postpone("a"), 1);
  assert.equal(outbox.next()?.id, "a");
  assert.equal(outbox.postpone("a"), 2);
});

test("what was on its way when the connection broke is sent again with the same id", () => {
  outbox.add(a);
  outbox.next();
  outbox.lost();
  assert.deepEqual(outbox.next(), a);
});

test("what is not acknowledged survives a reload, what is committed does not come twice", () => {
  outbox.add(a);
  outbox.add(b);
  outbox.commit("a", "c1");
  assert.deepEqual([...outbox.pending.keys()], ["a", "b"]); // still shown
  assert.deepEqual([...reloaded().pending.keys()], ["b"]);
});

test("two tabs do not overwrite each other's messages", () => {
  const other = reloaded();
  outbox.add(a);
  other.add(b);
  assert.deepEqual([...reloaded().pending.keys()], ["a", "b"]);
  outbox.drop("a");
  assert.deepEqual([...reloaded().pending.keys()], ["b"]);
  other.drop("b");
  assert.equal(store.size, 0);
});

test("a refused message is kept with its problem and lets the next one pass", () => {
  outbox.add(a);
  outbox.add(b);
  outbox.next();
  outbox.refuse("a", "too long");
  assert.equal(outbox.next()?.id, "b");
  assert.equal(reloaded().pending.get("a")?.problem, "too long");
  assert.equal(outbox.isBusy("human"), false);
});

test("broken or blocked storage does not stop the chat", () => {
  store.setItem("pending", "{not json");
  assert.equal(reloaded().next(), null);
  const refuse = () => {
    throw new Error("blocked");
  };
  const chat = new Outbox({ getItem: refuse, setItem: refuse, removeItem: refuse }, "pending");
  chat.add(a);
  assert.equal(chat.next()?.id, "a");
});

test("what a closed tab left behind is taken over, what the desk refused is not", () => {
  const closed = new Outbox(store, "pending");
  closed.add(a);
  closed.add(b);
  closed.refuse("b", "too long");
  outbox.adopt();
  assert.equal(outbox.next()?.id, "a");
  outbox.commit("a", "c1");
  assert.deepEqual([...reloaded().pending.keys()], ["b"]);
});
