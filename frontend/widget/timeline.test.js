import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { fakeStorage } from "./storage.fake.js";
import { Outbox } from "./outbox.js";
import { Timeline } from "./timeline.js";

/** @type {Outbox} */
let outbox;
/** @type {Timeline} */
let timeline;

const yes = { title: "Yes", payload: "/affirm" };

/**
 * @param {number} seq @param {Partial<import("./timeline.js").Message>} [fields]
 * @returns {import("./timeline.js").Message}
 */
function message(seq, fields = {}) {
  const author = /** @type {const} */ ({ kind: "bot", name: null });
  const at = "2026-11-23T12:00:00Z";
  return { conversation: "c1", seq, id: null, at, author, text: `#${seq}`, buttons: [], image: null, ...fields };
}

const customer = { author: { kind: /** @type {const} */ ("customer"), name: null } };

const offered = () => timeline.offers.map(({ seq }) => seq);

beforeEach(() => {
  outbox = new Outbox(fakeStorage(), "pending");
  timeline = new Timeline(outbox);
});

test("messages are taken in order, once", () => {
  assert.equal(timeline.add(message(1)), "added");
  assert.equal(timeline.add(message(2)), "added");
  assert.equal(timeline.add(message(2)), "known");
  assert.deepEqual(timeline.messages.map(({ seq }) => seq), [1, 2]);
});

test("what a card offers can be pressed as what an answer offers", () => {
  const card = { title: "Headphones", text: "", image: null, link: null, buttons: [yes] };
  timeline.add(message(1, { cards: [card] }));
  timeline.add(message(2, { cards: [{ ...card, buttons: [] }] }));
  assert.deepEqual(offered(), [1]);
  timeline.add(message(3, customer));
  assert.deepEqual(offered(), []);
});

test("a gap is noticed and filled", () => {
  timeline.add(message(1));
  assert.equal(timeline.add(message(4)), "gap");
  assert.equal(timeline.isBehind, true);
  assert.deepEqual([2, 3, 4].map((seq) => timeline.add(message(seq))), ["added", "added", "added"]);
  assert.equal(timeline.isBehind, false);
});

test("a message that overtook the history leaves the timeline behind, so it is fetched again", () => {
  timeline.add(message(1));
  timeline.add(message(4));
  [2, 3].forEach((seq) => timeline.add(message(seq)));
  assert.equal(timeline.isBehind, true);
});

test("messages in the wrong order end up in the right one", () => {
  assert.equal(timeline.add(message(2)), "gap");
  [1, 2, 3].forEach((seq) => timeline.add(message(seq)));
  assert.deepEqual(timeline.messages.map(({ seq }) => seq), [1, 2, 3]);
});

test("a new conversation starts at 1 and keeps the old one in sight", () => {
  timeline.add(message(1));
  timeline.enter("c2");
  assert.equal(timeline.lastSeq, 0);
  assert.equal(timeline.add(message(1, { conversation: "c2" })), "added");
  assert.deepEqual(timeline.earlier.map((each) => each.conversation), ["c1"]);
});

test("a late answer about the old conversation does not bring it back", () => {
  timeline.add(message(1));
  timeline.enter("c2");
  assert.equal(timeline.add(message(2)), "known");
  assert.equal(timeline.conversation, "c2");
});

test("an acknowledgement alone does not lose the message before it is shown", () => {
  timeline.enter("c1");
  outbox.add({ type: "message", id: "a", text: "Hello" });
  timeline.acknowledge("a", "c1");
  assert.equal(outbox.pending.size, 1);
  timeline.add(message(1, { id: "a" }));
  assert.equal(outbox.pending.size, 0);
});

test("a message that was committed to a conversation out of sight is not shown as waiting", () => {
  timeline.enter("c2");
  outbox.add({ type: "message", id: "a", text: "Hello" });
  timeline.acknowledge("a", "c1", true);
  assert.equal(outbox.pending.size, 0);
});

test("an ack that is faster than the news of its conversation begins that conversation", () => {
  timeline.add(message(1));
  outbox.add({ type: "message", id: "a", text: "Hello" });
  timeline.acknowledge("a", "c2");
  assert.equal(timeline.conversation, "c2");
  assert.equal(outbox.pending.size, 1, "shown until its message is here");
  outbox.add({ type: "message", id: "b", text: "late" });
  timeline.acknowledge("b", "c1");
  assert.equal(timeline.conversation, "c2", "an earlier one is not gone back to");
});

test("a page that has nothing yet begins near the end, and takes the pages before", () => {
  timeline.begin({ conversation: "c1", first_seq: 5, earlier: true });
  assert.equal(timeline.add(message(5)), "added");
  assert.equal(timeline.lastSeq, 5);
  const page = { before: 5, messages: [3, 4].map((seq) => message(seq)), more: true };
  timeline.addEarlier({ ...page, conversation: "another" });
  timeline.addEarlier({ ...page, conversation: "c1" });
  timeline.addEarlier({ ...page, conversation: "c1" });
  assert.deepEqual(timeline.messages.map(({ seq }) => seq), [3, 4, 5]);
  assert.deepEqual(timeline.top, { conversation: "c1", before: 3 });
  timeline.addEarlier({ conversation: "c1", before: 3, messages: [1, 2].map((seq) => message(seq)), more: true });
  const old = message(9, { conversation: "c0" });
  timeline.addEarlier({ conversation: "c1", before: 1, messages: [old], more: false });
  assert.deepEqual(timeline.earlier, [old]);
  assert.equal(timeline.top, null);
  assert.equal(timeline.add(message(6)), "added");
});

test("what was read stays read, and another conversation begins unread", () => {
  timeline.begin({ conversation: "c1", read_seq: 4 });
  timeline.read("c1", 2);
  timeline.read("c0", 9);
  assert.equal(timeline.readSeq, 4);
  timeline.enter("c2");
  assert.equal(timeline.readSeq, 0);
});

test("buttons may be pressed until the customer or an agent goes on", () => {
  timeline.add(message(1, { buttons: [yes] }));
  timeline.add(message(2));
  timeline.add(message(3, { buttons: [yes] }));
  assert.deepEqual(offered(), [1, 3]);
  timeline.add(message(4, customer));
  assert.deepEqual(offered(), []);
});

test("what the desk has hidden replaces what the customer typed, and is kept nowhere", () => {
  timeline.enter("c1");
  outbox.add({ type: "message", id: "a", text: "my password is Kot123" });
  timeline.acknowledge("a", "c1");
  timeline.add(message(1, { ...customer, id: "a", text: "my password is •••" }));
  assert.equal(outbox.pending.size, 0);
  assert.equal(timeline.messages[0]?.text, "my password is •••");
  assert.equal(new Outbox(outbox.store, "pending").pending.size, 0);
});

test("a button that was pressed cannot be pressed again, unless it is refused", () => {
  timeline.add(message(1, { buttons: [yes] }));
  outbox.add({ type: "choose", id: "a", ...yes, seq: 1 });
  assert.deepEqual(offered(), []);
  outbox.drop("a");
  assert.deepEqual(offered(), [1]);
});
