// The rows of the message list. Each has a key, so that only what is new is drawn (and spoken).

import { avatar } from "./avatar.js";
import { cards, files } from "./carried.js";
import { element, linked } from "./dom.js";

/**
 * @typedef {import("./timeline.js").Message} Message
 * @typedef {import("./outbox.js").Pending} Pending
 * @typedef {import("./timeline.js").Timeline} Timeline
 */

// What an agent may have marked up (docs/markup.md). Most messages have none of it.
const MARKS = /[*_`\\]|\]\(|^\s*([-•]|\d+[.)])\s/m;

export class Rows {
  /**
   * @param {import("./view.js").Say} say @param {import("./view.js").Wishes} wishes
   * @param {{language: () => string, beforeChoice: () => void, more: () => Promise<import("./lazy.js").More | null>}} context
   */
  constructor(say, wishes, context) {
    this.say = say;
    this.wishes = wishes;
    this.context = context;
    this.base = ""; // where the desk is
  }

  /** @param {Timeline} timeline @returns {[string, () => HTMLElement][]} */
  said({ earlier, messages, offers, hasMore, newFrom }) {
    /** @type {[string, () => HTMLElement][]} */
    const rows = hasMore ? [["older", () => this.older()]] : [];
    let [day, conversation] = ["", ""];
    let isNews = newFrom === 0;
    [...earlier, ...messages].forEach((message, index) => {
      if (conversation && conversation !== message.conversation) {
        rows.push([`new ${message.conversation}`, () => this.day(this.say("new_conversation"))]);
      }
      ({ conversation } = message);
      const date = (message.day ??= new Date(message.at).toDateString());
      if (date !== day) rows.push([`day ${date}`, () => this.day(this.dayName(new Date(message.at)))]);
      day = date;
      if (!isNews && index >= earlier.length && message.seq >= newFrom && message.author.kind !== "customer") {
        isNews = true;
        rows.push([`news ${newFrom}`, () => this.day(this.say("news"), "day new")]);
      }
      const key = `${message.conversation} ${message.seq}`;
      rows.push([key, () => this.message(message)]);
      // A row of its own: when it goes, the message is not drawn (and spoken) again.
      if (offers.includes(message) && message.buttons.length) rows.push([`choices ${key}`, () => this.choices(message)]);
    });
    return rows;
  }

  /** How far the customer's last words have come. @param {Timeline} timeline @param {string} status
   * @returns {[string, string, () => HTMLElement] | null} behind which row, the key and the row */
  receipt({ messages, readSeq }, status) {
    const last = [...messages].reverse().find(({ author }) => author.kind === "customer");
    if (!last) return null;
    // In a queue nobody has it yet: it has come no further than the desk.
    const isWithSomeone = ["bot", "with_agent", "snoozed"].includes(status);
    const state = last.seq <= readSeq ? "read" : isWithSomeone ? "delivered" : "sent";
    const row = `${last.conversation} ${last.seq}`;
    return [row, `${state} ${row}`, () => element("div", { className: "state last" }, this.say(state))];
  }

  /** What is not in the history yet.
   * @param {Timeline} timeline @param {Pending[]} pending @returns {[string, () => HTMLElement][]} */
  waiting({ outbox }, pending) {
    return pending.map((entry) => {
      const committed = outbox.committed.has(entry.frame.id);
      return [`pending ${entry.frame.id} ${entry.problem} ${committed}`, () => this.unsent(entry, committed)];
    });
  }

  /** @param {Date} at */
  dayName(at) {
    if (at.toDateString() === new Date().toDateString()) return this.say("today");
    return at.toLocaleDateString(this.context.language(), { weekday: "long", day: "numeric", month: "long" });
  }

  /** @param {string} text */
  day(text, className = "day") {
    return element("div", { className }, text);
  }

  older() {
    const button = element("button", { type: "button", onclick: () => this.wishes.older() }, this.say("older"));
    return element("div", { className: "choices older" }, button);
  }

  /** @param {string} text */
  system(text) {
    return element("div", { className: "row system" }, element("div", { className: "bubble" }, ...linked(text)));
  }

  /** @param {Message} message */
  message(message) {
    const { kind } = message.author;
    if (kind === "system") return this.joined(message);
    const bubble = element("div", { className: "bubble" }, ...linked(message.text));
    if (kind === "agent" && MARKS.test(message.text)) void this.format(bubble, message.text);
    const around = [...files(message.attachments ?? [], this.base), ...cards(message, (...choice) => this.choose(...choice))];
    bubble.hidden = !message.text && !message.image && around.length > 0;
    if (message.image && /^https?:\/\//.test(message.image)) {
      bubble.append(element("img", { src: message.image, alt: "" }));
    }
    const row = element("div", { className: `row ${kind}` });
    if (kind === "customer") row.append(element("span", { className: "sr" }, `${this.say("you")}: `));
    else row.append(this.nameLine(message.author));
    row.append(bubble, ...around);
    return row;
  }

  /** @param {HTMLElement} bubble @param {string} text */
  async format(bubble, text) {
    const more = await this.context.more();
    if (more) bubble.replaceChildren(...more.formatted(text));
  }

  /** @param {Message} message @param {import("./timeline.js").Button} button */
  choose(message, button) {
    this.context.beforeChoice();
    this.wishes.choose(message, button);
  }

  /** A line of the desk; with the face of the agent whom it is about. @param {Message} message */
  joined({ text, author }) {
    const row = this.system(text);
    if (author.name) row.prepend(element("div", { className: "face agent" }, this.avatar(author, author.name)));
    return row;
  }

  /** @param {Message["author"]} author */
  nameLine(author) {
    const shown = author.kind === "bot" ? this.say("assistant") : (author.name ?? this.say("agent"));
    return element("div", { className: "name" }, this.avatar(author, shown), shown);
  }

  /** @param {Message["author"]} author @param {string} name */
  avatar({ kind, picture }, name) {
    return avatar(kind, name, picture && this.base + picture);
  }

  /** @param {Message} message */
  choices(message) {
    const buttons = message.buttons.map((button) =>
      element("button", { type: "button", onclick: () => this.choose(message, button) }, button.title),
    );
    return element("div", { className: "choices" }, ...buttons);
  }

  /** @param {Pending} entry @param {boolean} committed */
  unsent({ frame, problem }, committed) {
    const text = frame.text ?? frame.title ?? this.say("human");
    const row = element("div", { className: "row customer" });
    if (text) row.append(element("div", { className: "bubble" }, text));
    row.append(...files(frame.attachments ?? [], ""));
    const state = element("div", { className: problem ? "state failed" : "state" });
    if (problem) state.append(`${this.say("failed")}: ${problem} `);
    else state.append(this.say(committed ? "sent" : "sending"));
    if (problem) {
      const retry = element("button", { type: "button" }, this.say("retry"));
      retry.onclick = () => this.wishes.retry(frame.id);
      state.append(retry);
    }
    row.append(state);
    return row;
  }

  /** @param {{kind: string, name: string | null}} author */
  typing(author) {
    const name = author.kind === "bot" ? this.say("assistant") : (author.name ?? this.say("agent"));
    const dots = [1, 2, 3].map(() => element("i"));
    const heard = element("span", { className: "sr" }, this.say("typing", { name }));
    return element("div", { className: "typing" }, ...dots, heard);
  }
}
