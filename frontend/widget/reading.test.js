import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Memory } from "./memory.js";
import { Outbox } from "./outbox.js";
import { Reading } from "./reading.js";
import { fakeStorage } from "./storage.fake.js";
import { Timeline } from "./timeline.js";

let isLooking = true;
/** @type {number[]} */
let told = [];
/** @type {Timeline} */
let timeline;
/** @type {Reading} */
let reading;

/** @param {number} seq @param {"bot" | "customer"} kind */
function comes(seq, kind = "bot") {
  const author = { kind, name: null };
  timeline.add({ conversation: "c1", seq, id: null, at: "2026-11-23T12:00:00Z", author, text: "", buttons: [], image: null });
  reading.update();
}

beforeEach(() => {
  [isLooking, told] = [true, []];
  const store = fakeStorage();
  timeline = new Timeline(new Outbox(store, "pending"));
  const memory = new Memory(store, "firstline:care");
  reading = new Reading({ memory, timeline, isLooking: () => isLooking, tell: (seq) => told.push(seq) });
});

test("what comes in under the customer's eyes is read and no news", () => {
  comes(1);
  comes(2);
  assert.deepEqual([told, timeline.newFrom, reading.unread.length], [[1, 2], 0, 0]);
});

test("what comes in meanwhile is news from its first message on, also when it has been looked at", () => {
  comes(1);
  isLooking = false;
  comes(2, "customer");
  comes(3);
  comes(4);
  assert.deepEqual([timeline.newFrom, reading.unread.length], [3, 2]);
  isLooking = true;
  reading.update();
  assert.deepEqual([timeline.newFrom, reading.unread.length, told], [3, 0, [1, 4]]);
  isLooking = false;
  comes(5);
  assert.equal(timeline.newFrom, 5, "later news begin later");
});

test("a page that comes back begins its news behind what was seen", () => {
  comes(1);
  comes(2);
  reading.begin(2);
  assert.equal(timeline.newFrom, 0);
  reading.begin(4);
  assert.equal(timeline.newFrom, 3);
});
