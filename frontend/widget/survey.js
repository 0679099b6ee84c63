// What the customer thinks of a conversation that is over: asked at the end of the list, once.

import { element, icon } from "./dom.js";

const SCORES = [1, 2, 3, 4, 5];

/**
 * @typedef {{conversation: string, parts: string[], until: string | null}} Offer
 */

export class Survey {
  /** @param {import("./chat.js").Chat} chat */
  constructor(chat) {
    this.chat = chat;
    this.say = chat.say.bind(chat);
    this.memory = chat.memory;
    this.outbox = chat.outbox;
    /** @type {Offer | null} */
    this.offer = null;
    /** @type {string | null} the conversation that was rated in this tab */
    this.rated = null;
    chat.view.extras = () => this.rows(chat.timeline.conversation);
  }

  /** What the desk says of it. @param {import("./connection.js").Frame} frame */
  take(frame) {
    if (frame.type === "rated") this.rated = frame.conversation;
    else this.offer = /** @type {Offer} */ (/** @type {unknown} */ (frame));
  }

  /** Its row, if there is something to ask or to thank for now.
   * @param {string | null} conversation the current one @returns {[string, () => HTMLElement][]} */
  rows(conversation) {
    if (!conversation) return [];
    if (this.rated === conversation || this.outbox.isBusy("rate")) {
      return [[`thanks ${conversation}`, () => element("div", { className: "day" }, this.say("thanks"))]];
    }
    const { offer } = this;
    const asks = offer?.conversation === conversation && offer.parts.length;
    if (!asks || this.memory.read("unrated") === conversation) return [];
    return [[`survey ${conversation}`, () => this.form(offer)]];
  }

  /** @param {Offer} offer */
  form({ conversation, parts }) {
    const comment = element("textarea", { rows: 2, maxLength: 1000, placeholder: this.say("comment") });
    comment.setAttribute("aria-label", this.say("comment"));
    const skip = element("button", { type: "button", className: "quiet" }, this.say("not_now"));
    skip.onclick = () => {
      this.memory.keep("unrated", conversation);
      this.done();
    };
    const send = element("button", { type: "submit", className: "primary" }, this.say("send"));
    const form = element(
      "form",
      { className: "survey", "aria-label": this.say("survey") },
      element("strong", {}, this.say("survey")),
      ...parts.map((part) => this.scores(part)),
      comment,
      element("div", { className: "choices" }, send, skip),
    );
    // It is read from its beginning, where it is longer than the list.
    const { log } = this.chat.view;
    requestAnimationFrame(() => (log.scrollTop = Math.min(log.scrollTop, form.offsetTop - log.offsetTop - 12)));
    form.onsubmit = (event) => {
      event.preventDefault();
      const chosen = [...new FormData(form)].map(([part, score]) => [part, Number(score)]);
      if (!chosen.length) return form.querySelector("input")?.focus();
      this.chat.dispatch({ type: "rate", conversation, scores: Object.fromEntries(chosen), comment: comment.value });
      this.done();
    };
    return form;
  }

  /** Five stars that are radio buttons. @param {string} part */
  scores(part) {
    const stars = SCORES.map((score) => {
      const input = element("input", { type: "radio", name: part, value: String(score), className: "sr" });
      input.setAttribute("aria-label", this.say("score", { score }));
      return element("label", {}, input, icon("star"));
    });
    const legend = element("legend", {}, this.say(part === "bot" ? "assistant" : "agent"));
    return element("fieldset", {}, legend, element("div", { className: "stars" }, ...stars));
  }

  done() {
    this.chat.view.rest();
    this.chat.draw();
  }
}
