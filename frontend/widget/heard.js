// What a screen reader hears by itself: each new message once, never the history.

import { gist } from "./carried.js";
import { element } from "./dom.js";

const KEPT = 3;

export class Heard {
  /** @param {import("./chat.js").Chat} chat */
  constructor(chat) {
    this.chat = chat;
    this.region = element("div", { className: "sr", "aria-live": "polite" });
    /** @type {string | null} the conversation that was there when the page came */
    this.conversation = null;
    /** How far it had come then: a page that comes back after a gap reads out what it missed. */
    this.upTo = -1;
  }

  /** The desk greets: on a page's first welcome, what there is already is history.
   * @param {import("./connection.js").Frame} welcome */
  begin({ conversation, last_seq: lastSeq }) {
    if (this.upTo >= 0) return;
    this.conversation = conversation;
    this.upTo = lastSeq;
  }

  /** @param {import("./timeline.js").Message} message */
  isNew({ conversation, seq }) {
    return this.upTo >= 0 && (conversation !== this.conversation || seq > this.upTo);
  }

  /** A new message; with the chat closed, that there is one.
   * @param {import("./timeline.js").Message} message */
  readOut(message) {
    if (!this.isNew(message)) return;
    const { chat } = this;
    const { kind, name } = message.author;
    const who = kind === "bot" ? chat.say("assistant") : kind === "agent" ? (name ?? chat.say("agent")) : "";
    const words = who ? `${who}: ${gist(message)}` : gist(message);
    this.#say(chat.view.isOpen ? words : chat.say("open_unread", { count: chat.reading.unread.length }));
  }

  /** @param {string} words */
  #say(words) {
    const { region } = this;
    region.append(element("div", {}, words));
    while (region.childElementCount > KEPT) region.firstElementChild?.remove();
  }
}
