// Parts that only who talks needs: fetched when the chat is open, so that nobody else pays for them.

import texts from "texts";
import { dress } from "./sheets.js";

/** @typedef {typeof import("./more.js")} More */

export class Lazy {
  /** @param {import("./chat.js").Chat} chat */
  constructor(chat) {
    this.chat = chat;
    this.tries = 0;
    /** @type {Promise<More> | undefined} */
    this.coming = undefined;
    /** @type {Record<string, any>} */
    this.made = {};
  }

  /**
   * Does the work with that part, now or when it has come; says so when it does not.
   * @template {keyof import("./more.js").Parts} T
   * @param {T} name @param {(part: import("./more.js").Parts[T]) => void} work
   */
  async use(name, work) {
    const { chat } = this;
    const more = await this.come();
    if (!more) return chat.view.tell(chat.say("not_done"));
    this.made[name] ??= new more.parts[name](chat);
    work(this.made[name]);
    chat.draw();
  }

  /** All of them; null when they could not be fetched, this time. @returns {Promise<More | null>} */
  async come() {
    try {
      return await (this.coming ??= this.fetch());
    } catch {
      this.coming = undefined;
      return null;
    }
  }

  /** @returns {Promise<More>} */
  async fetch() {
    // Some browsers remember for good that an address did not answer.
    const more = await import(`${this.chat.base}/widget/more.js?v=${MORE}&n=${this.tries++}`);
    dress(/** @type {ShadowRoot} */ (this.chat.host.shadowRoot), more.style);
    for (const language of /** @type {("en" | "pl")[]} */ (["en", "pl"])) {
      Object.assign(texts[language], more.texts[language]);
    }
    return more;
  }
}
