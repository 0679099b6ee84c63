// What the desk asks before the first message. Its form is a script of its own: few desks have one.

import { element } from "./dom.js";

/**
 * @typedef {Record<string, string>} Words
 * @typedef {{key: string, label: Words, kind: string, required?: boolean, options?: {value: string, label: Words}[]}} Field
 */

export class Intake {
  /** @param {import("./chat.js").Chat} chat */
  constructor(chat) {
    this.chat = chat;
    /** @type {import("./form.js").Form | undefined} */
    this.form = undefined;
    this.isLoading = false;
    this.wantsFocus = false;
    /** What the desk said of it, which knows better than this browser: "needed" or "done". */
    this.known = "";
    this.sheet = element("div", { className: "sheet intake", hidden: true });
  }

  /** Whether the customer has something to fill in before anything can be sent. */
  get isNeeded() {
    const { form_version: version } = this.chat.appearance.settings;
    const isDone = this.known ? this.known === "done" : this.chat.memory.read("form") === version;
    return Boolean(version) && !isDone;
  }

  /** @param {string} state */
  told(state) {
    this.known = state;
    // For the next page: it need not wait for the desk to show the right thing.
    this.chat.memory.keep("form", state === "done" ? (this.chat.appearance.settings.form_version ?? null) : null);
  }

  draw() {
    const { view } = this.chat;
    const { isNeeded } = this;
    view.panel.classList.toggle("asking", isNeeded && Boolean(this.form));
    this.sheet.hidden = !isNeeded;
    if (!isNeeded) this.sheet.replaceChildren();
    else if (this.form) this.form.draw();
    else if (view.isOpen) void this.load();
  }

  async load() {
    if (this.isLoading) return;
    this.isLoading = true;
    const { chat } = this;
    try {
      const { Form } = await import(`${chat.base}/widget/form.js`);
      this.form = new Form(chat, this.sheet, () => this.done());
    } catch {
      chat.view.tell(chat.say("offline")); // and with the next opening it is tried again
    }
    this.isLoading = false;
    chat.drawNow();
    if (this.wantsFocus) this.form?.focus();
  }

  focus() {
    this.wantsFocus = true; // the form may still be on its way
    this.form?.focus();
  }

  done() {
    const { chat } = this;
    this.told("done");
    chat.drawNow();
    chat.view.rest();
    chat.sending.pump();
  }
}
