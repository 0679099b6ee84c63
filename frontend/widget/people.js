// While a customer waits for a person: place and expected wait, what was passed on, and other ways.
// Fetched when somebody waits, or leaves a message outside hours.

import texts from "texts";
import { element } from "./dom.js";
import { Leave } from "./leave.js";
import style from "./people.css";
import { dress } from "./sheets.js";

/**
 * @typedef {import("./leave.js").Left} Left
 * @typedef {{name: string, label: string, value: string, corrected: boolean, open: boolean}} Fact
 * @typedef {{reason: string, asked: string | null, facts: Fact[]}} Receipt
 * @typedef {{place: number, minutes: [number, number] | null}} Place
 */

const LONGEST_MINUTES = 60;

export class People {
  /** @param {import("./chat.js").Chat} chat @param {HTMLElement} region @param {HTMLElement} sheet */
  constructor(chat, region, sheet) {
    this.chat = chat;
    this.region = region;
    this.say = this.say.bind(this);
    this.leave = new Leave(chat, this.say, sheet);
    /** @type {Place | null} */
    this.place = null;
    /** @type {Receipt | null} */
    this.receipt = null;
    /** @type {string | null} the correction whose answer we wait for */
    this.asked = null;
    this.drawn = "";
    this.isFolded = false;
    this.line = element("p", { role: "status" });
    this.card = element("div");
    // Drawn in the next frame; a button has its name from the start.
    this.back = element("button", { type: "button" }, this.say("back_to_bot"));
    this.back.onclick = () => this.goBack();
    this.other = element("button", { type: "button" }, this.say("leave_contact"));
    this.other.onclick = () => this.ask();
    region.append(this.line, this.card, element("div", { className: "choices" }, this.back, this.other));
    dress(/** @type {ShadowRoot} */ (chat.host.shadowRoot), style);
  }

  /** Its own words, else the chat's. @param {string} key @param {Record<string, string | number>} [values] */
  say(key, values = {}) {
    const { language } = this.chat.state;
    const own = `people_${key}`;
    const sentence = this.chat.appearance.text(own, language) ?? texts[language][own];
    return sentence?.replace(/{(\w+)}/g, (/** @type {string} */ blank, /** @type {string} */ name) => String(values[name] ?? blank)) ?? this.chat.say(key, values);
  }

  /** The form for a message, or for where to be reached. @param {Left} [left] @param {string} [problem] */
  ask(left, problem) {
    this.leave.ask(left, problem);
  }

  /** @param {import("./connection.js").Frame} frame @returns {boolean} whether it is of this kind */
  take(frame) {
    if (frame.type === "place") this.place = /** @type {any} */ (frame);
    else if (frame.type === "receipt") {
      this.receipt = /** @type {any} */ (frame);
      if (frame.id && frame.id === this.asked) this.settle();
    } else if (frame.type === "error" && frame.id && frame.id === this.asked) {
      const problem = this.card.querySelector("[role=alert]");
      if (problem) problem.textContent = frame.message;
      this.asked = null;
    } else return false;
    return true;
  }

  goBack() {
    if (this.chat.outbox.isBusy("back_to_bot")) return;
    this.chat.dispatch({ type: "back_to_bot", title: this.say("back_to_bot") });
    this.chat.view.rest();
  }

  draw() {
    const { region, say } = this;
    const { activeElement } = /** @type {ShadowRoot} */ (region.getRootNode());
    if (!this.chat.hours.waits) {
      this.place = this.receipt = this.asked = null;
      if (region.contains(activeElement)) this.chat.view.rest();
    }
    if (!this.chat.hours.waits) return void (this.drawn = "");
    region.setAttribute("aria-label", say("queued"));
    const words = this.words();
    if (this.line.textContent !== words) this.line.textContent = words;
    this.back.textContent = say("back_to_bot");
    this.other.textContent = say("leave_contact");
    this.drawReceipt();
  }

  /** Such as “Your place in the queue: 2. Waiting time: about 5–8 min”. */
  words() {
    const { place, say } = this;
    if (!place) return say("queued");
    const where = say("place", { place: place.place });
    if (!place.minutes) return where;
    const [low, high] = place.minutes;
    if (low >= LONGEST_MINUTES) return `${where}. ${say("wait_long")}`;
    return `${where}. ${say("wait", { minutes: low === high ? low : `${low}–${high}` })}`;
  }

  drawReceipt() {
    const { receipt } = this;
    const key = JSON.stringify([receipt, this.chat.state.language]);
    // What is being typed is not drawn over.
    if (key === this.drawn || this.card.querySelector("input")) return;
    this.drawn = key;
    if (!receipt) return this.card.replaceChildren();
    const list = element("dl");
    if (receipt.asked) list.append(this.pair(this.say("asked"), receipt.asked));
    for (const fact of receipt.facts) list.append(this.fact(fact));
    const details = element("details", { open: !this.isFolded }, element("summary", {}, this.say("passed_on")));
    details.append(element("p", {}, receipt.reason), list);
    details.ontoggle = () => (this.isFolded = !details.open);
    this.card.replaceChildren(details);
  }

  /** @param {string} label @param {string} value @param {(Node | string)[]} more */
  pair(label, value, ...more) {
    return element("div", {}, element("dt", {}, label), element("dd", { dir: "auto" }, value), ...more);
  }

  /** @param {Fact} fact */
  fact(fact) {
    const pair = this.pair(fact.label, fact.value);
    if (fact.corrected) pair.append(element("dd", {}, `(${this.say("corrected")})`));
    if (!fact.open) return pair;
    const change = element("button", { type: "button", "aria-label": `${this.say("change")}: ${fact.label}` }, this.say("change"));
    change.onclick = () => this.edit(fact, pair);
    pair.append(element("dd", {}, change));
    return pair;
  }

  /** @param {Fact} fact @param {HTMLElement} pair */
  edit({ name, label, value }, pair) {
    const input = element("input", { value, maxLength: 200, "aria-label": label });
    const problem = element("div", { role: "alert", className: "problem" });
    const save = element("button", { type: "submit" }, this.say("save"));
    const form = element("form", {}, input, save, problem);
    form.onsubmit = (event) => {
      event.preventDefault();
      if (this.asked) return;
      if (input.value.trim() === value) return this.settle();
      const id = `${Date.now()}-${Math.random()}`;
      const sent = this.chat.connection.send({ type: "correct", id, name, value: input.value });
      this.asked = sent ? id : null;
      if (!sent) problem.textContent = this.say("not_done");
    };
    form.onkeydown = (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.settle();
    };
    pair.replaceChildren(element("dt", {}, label), element("dd", {}, form));
    input.focus();
    input.select();
  }

  /** Editing is over: the receipt as the desk has it. */
  settle() {
    this.asked = null;
    this.drawn = "";
    this.card.replaceChildren();
    this.drawReceipt();
    this.card.querySelector("summary")?.focus();
  }

  /** The line broke: an answer that we waited for will not come. */
  lost() {
    this.asked = null;
  }
}
