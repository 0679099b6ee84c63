// The rows of the message list. Each has a key, so that only what is new is drawn (and spoken).

import { element, linked } from "./dom.js";

/**
 * @typedef {import("./timeline.js").Message} Message
 * @typedef {import("./timeline.js").Pending} Pending
 */

export class Rows {
  /**
   * @param {import("./view.js").Say} say @param {import("./view.js").Wishes} wishes
   * @param {{language: () => string, beforeChoice: () => void}} context
   */
  constructor(say, wishes, context) {
    this.say = say;
    this.wishes = wishes;
    this.context = context;
  }

  /** @param {Message[]} earlier @param {Message[]} messages @returns {[string, () => HTMLElement][]} */
  said(earlier, messages) {
    /** @type {[string, () => HTMLElement][]} */
    const rows = [];
    let day = "";
    const all = [...earlier, ...messages];
    all.forEach((message, index) => {
      const at = new Date(message.at);
      if (earlier.length && index === earlier.length) {
        rows.push([`new ${message.conversation}`, () => this.day(this.say("new_conversation"))]);
      }
      if (at.toDateString() !== day) {
        day = at.toDateString();
        rows.push([`day ${day}`, () => this.day(this.dayName(at))]);
      }
      const isLast = index === all.length - 1;
      const key = `${message.conversation} ${message.seq} ${isLast && message.buttons.length > 0}`;
      rows.push([key, () => this.message(message, { withButtons: isLast })]);
    });
    return rows;
  }

  /** @param {Message[]} messages @param {Pending[]} pending @returns {[string, () => HTMLElement][]} */
  waiting(messages, pending) {
    const shown = new Set(messages.map((message) => message.id));
    return pending
      .filter(({ frame }) => !shown.has(frame.id))
      .map((entry) => [
        `pending ${entry.frame.id} ${entry.problem}`,
        () => this.unsent(entry),
      ]);
  }

  /** @param {Date} at */
  dayName(at) {
    if (at.toDateString() === new Date().toDateString()) return this.say("today");
    return at.toLocaleDateString(this.context.language(), { weekday: "long", day: "numeric", month: "long" });
  }

  /** @param {string} text */
  day(text) {
    return element("div", { className: "day" }, text);
  }

  /** @param {string} text */
  system(text) {
    return element("div", { className: "row system" }, element("div", { className: "bubble" }, ...linked(text)));
  }

  /** @param {Message} message @param {{withButtons: boolean}} options */
  message(message, { withButtons }) {
    const { kind, name } = message.author;
    if (kind === "system") return this.system(message.text);
    const bubble = element("div", { className: "bubble" }, ...linked(message.text));
    if (message.image && /^https?:\/\//.test(message.image)) {
      bubble.append(element("img", { src: message.image, alt: "" }));
    }
    const row = element("div", { className: `row ${kind}` });
    if (kind === "customer") row.append(element("span", { className: "sr" }, `${this.say("you")}: `));
    else row.append(this.nameLine(kind, name));
    row.append(bubble);
    if (withButtons && message.buttons.length) row.append(this.choices(message));
    return row;
  }

  /** @param {string} kind @param {string | null} name */
  nameLine(kind, name) {
    const shown = kind === "bot" ? this.say("assistant") : (name ?? this.say("agent"));
    const mark = element("i", { ariaHidden: "true" }, shown.slice(0, 1));
    return element("div", { className: "name" }, mark, shown);
  }

  /** @param {Message} message */
  choices(message) {
    const buttons = message.buttons.map((button, index) => {
      const made = element("button", { type: "button" }, button.title);
      made.onclick = () => {
        this.context.beforeChoice();
        this.wishes.choose(message, index);
      };
      return made;
    });
    return element("div", { className: "choices" }, ...buttons);
  }

  /** @param {Pending} entry */
  unsent({ frame, problem }) {
    const text = frame.text ?? frame.title ?? this.say("human");
    const row = element("div", { className: "row customer" }, element("div", { className: "bubble" }, text));
    const state = element("div", { className: problem ? "state failed" : "state" });
    state.append(problem ? `${this.say("failed")}: ${problem} ` : this.say("sending"));
    if (problem && frame.type === "message") {
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
