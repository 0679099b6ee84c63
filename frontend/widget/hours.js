// Whether the desk can be reached now, in its own words, and what “talk to a person” means then. What a
// customer sees while they wait, and the form outside hours, are a script of their own (people.js).

import { element } from "./dom.js";

const AGAIN_MS = 5000;

export class Hours {
  /** @param {import("./chat.js").Chat} chat */
  constructor(chat) {
    this.chat = chat;
    /** @type {{form: boolean, opens_at: string, timezone: string, text: Record<string, string>} | null} */
    this.now = null;
    this.region = element("section", { className: "waiting", hidden: true });
    this.sheet = element("div", { className: "sheet", hidden: true });
    /** @type {import("./people.js").People | undefined} */
    this.people = undefined;
    /** @type {Promise<import("./people.js").People> | undefined} */
    this.loading = undefined;
    /** What the desk told of the wait before there was anything to show it. @type {Record<string, import("./connection.js").Frame>} */
    this.told = {};
  }

  /** @param {import("./connection.js").Frame | undefined} availability */
  open(availability) {
    this.now = /** @type {any} */ (availability) ?? this.now;
  }

  /** “Open now”, “Opens on Monday at 8:00”; to a customer whose clock shows another time, whose clock is meant. */
  get text() {
    const { now } = this;
    if (!now) return "";
    const words = now.text[this.chat.state.language];
    if (!now.opens_at) return words;
    /** @param {string} [timeZone] */
    const clock = (timeZone) => new Date(now.opens_at).toLocaleString("en", { timeZone });
    return clock() === clock(now.timezone) ? words : `${words} (${now.timezone.replace(/.*\//, "").replace(/_/g, " ")})`;
  }

  get waits() {
    return this.chat.state.status === "queued";
  }

  /** @param {import("./connection.js").Frame} frame @returns {boolean | undefined} whether it is about waiting */
  take(frame) {
    if (this.people) return this.people.take(frame);
    if (!["place", "receipt"].includes(frame.type)) return false;
    this.told[frame.type] = frame;
    return true;
  }

  /** A form while nobody can come, else the queue. */
  human() {
    const { chat } = this;
    if (this.now?.form) return this.ask();
    if (!chat.outbox.isBusy("human")) chat.dispatch({ type: "human" });
  }

  /** @param {import("./people.js").Left} [left] @param {string} [problem] */
  async ask(left, problem) {
    try {
      (await this.load()).ask(left, problem);
    } catch {
      this.chat.view.tell(this.chat.say("offline"));
    }
  }

  /** Somebody else is here now. */
  forget() {
    this.told = {};
    this.sheet.hidden = true;
    this.sheet.replaceChildren();
  }

  draw() {
    if (!this.waits) this.told = {};
    this.region.hidden = !this.waits;
    if (this.people) this.people.draw();
    else if (this.waits && this.chat.view.isOpen) void this.load().catch(() => setTimeout(() => this.chat.draw(), AGAIN_MS));
  }

  /** The script, fetched once; when that fails, again with the next wish. */
  load() {
    const { chat } = this;
    this.loading ??= (async () => {
      try {
        const { People } = await import(`${chat.base}/widget/people.js`);
        this.people = new People(chat, this.region, this.sheet);
        for (const frame of Object.values(this.told)) this.people?.take(frame);
        chat.draw();
        return /** @type {import("./people.js").People} */ (this.people);
      } catch (fault) {
        this.loading = undefined;
        throw fault;
      }
    })();
    return this.loading;
  }
}
