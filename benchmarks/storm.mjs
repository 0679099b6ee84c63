// A crowd of chats that lose their desk and come back: the widget's own connection and outbox, many
// times in one process. `node benchmarks/storm.mjs BASE DESK SOCKETS` says "open" when all are welcomed,
// and one line of JSON when all have fallen and are welcomed again. Times are milliseconds.

import { Connection } from "../frontend/widget/connection.js";
import { Outbox } from "../frontend/widget/outbox.js";
import { fakeStorage } from "../frontend/widget/storage.fake.js";
import { openStream } from "../frontend/widget/stream.js";

const OPEN_AT_ONCE = 20;
const ONE_TALKS_OF = 10; // the others have their chat open and say nothing
const AGAIN_SECONDS = 3;

/** @typedef {import("../frontend/widget/connection.js").Frame} Frame */

class Person {
  /** @param {string} base @param {string} desk @param {boolean} talks */
  constructor(base, desk, talks) {
    this.desk = desk;
    this.talks = talks;
    this.isIn = false;
    /** @type {number | null} when the line was lost */
    this.fell = null;
    /** @type {number | null} when the first try after that began */
    this.tried = null;
    /** @type {number | null} when it was welcomed again */
    this.back = null;
    this.tries = 0;
    this.acknowledged = 0;
    this.pongs = 0;
    /** @type {string | null} */
    this.conversation = null;
    this.lastSeq = 0;
    const storage = fakeStorage();
    this.outbox = new Outbox(storage, "pending");
    this.connection = new Connection({
      base,
      desk,
      storage,
      identity: { proof: null, who: null, refused: fail },
      // Asked once by each try, at its very beginning.
      language: () => this.#tries(),
      stream: async () => openStream,
      hello: () => this.#hello(),
      onSession: () => {},
      onFrame: (frame) => this.#take(frame),
      onState: (online) => this.#state(online),
      onRefused: fail,
    });
  }

  write() {
    this.outbox.add({ type: "message", id: crypto.randomUUID(), text: "How long does delivery take?" });
    this.#pump();
  }

  get isQuiet() {
    return this.outbox.pending.size === 0;
  }

  #tries() {
    if (this.fell !== null && this.back === null) {
      this.tries += 1;
      this.tried ??= performance.now();
    }
    return "en";
  }

  /** @param {boolean} online */
  #state(online) {
    if (online) {
      this.isIn = true;
      if (this.fell !== null) this.back ??= performance.now();
    } else if (this.isIn) {
      this.isIn = false;
      this.fell ??= performance.now();
      this.outbox.lost();
      if (this.talks) this.write();
    }
  }

  /** @returns {Frame} */
  #hello() {
    const page = { url: "https://shop.example/cart", title: "Cart", referrer: "" };
    const { desk, conversation, lastSeq } = this;
    return { type: "hello", v: 1, desk, language: "en", conversation, last_seq: lastSeq, tail: 50, page, claims: {} };
  }

  /** @param {Frame} frame */
  #take(frame) {
    if (frame.type === "conversation") this.conversation = frame.id;
    if (frame.type === "message") this.lastSeq = Math.max(this.lastSeq, frame.seq);
    if (frame.type === "pong") this.pongs += 1;
    if (frame.type === "ack" && this.outbox.pending.has(frame.id)) {
      this.acknowledged += 1;
      this.outbox.drop(frame.id);
    }
    if (frame.type === "error" && frame.id) {
      this.outbox.lost();
      setTimeout(() => this.#pump(), 1000 * (frame.retry_after ?? AGAIN_SECONDS));
    } else if (frame.type === "welcome" || frame.type === "ack") {
      this.#pump();
    }
  }

  #pump() {
    if (!this.connection.welcomed) return;
    const frame = this.outbox.next();
    if (frame) this.connection.send(frame);
  }
}

/** @param {{code: string, message: string}} error */
function fail(error) {
  console.error(`The desk refuses us: ${error.code}: ${error.message}`);
  process.exit(1);
}

/** @param {() => boolean} isTrue */
async function until(isTrue) {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 20));
}

// What a page has and Node has not.
const nothing = () => {};
Object.assign(globalThis, { addEventListener: nothing, document: { addEventListener: nothing, visibilityState: "visible" } });
Object.defineProperty(globalThis, "navigator", { value: { onLine: true }, configurable: true });

const [base, desk, sockets] = process.argv.slice(2);
const people = Array.from({ length: Number(sockets) }, (_, at) => new Person(base, desk, at % ONE_TALKS_OF === 0));
let next = 0;
await Promise.all(
  Array.from({ length: OPEN_AT_ONCE }, async () => {
    while (next < people.length) {
      const person = people[next++];
      person.connection.open();
      await until(() => person.isIn);
      if (person.talks) person.write();
    }
  }),
);
await until(() => people.every((person) => person.isQuiet));
// As each chat does every 25 seconds: it is told anew when to come back, now that all are here.
for (const person of people) person.connection.send({ type: "ping" });
await until(() => people.every((person) => person.pongs > 0));
console.log("open");
await until(() => people.every((person) => person.back !== null && person.isQuiet));
const began = Math.min(...people.map(({ fell }) => fell ?? 0));
console.log(
  JSON.stringify({
    fell: people.map(({ fell }) => (fell ?? 0) - began),
    tried: people.map(({ tried }) => (tried ?? 0) - began),
    back: people.map(({ back }) => (back ?? 0) - began),
    tries: people.reduce((sum, { tries }) => sum + tries, 0),
    written: 2 * people.filter(({ talks }) => talks).length,
    acknowledged: people.reduce((sum, { acknowledged }) => sum + acknowledged, 0),
  }),
);
process.exit(0);
