// A copy of the conversation: saved as a file, or sent to an e-mail address.

import { element } from "./dom.js";

const KEPT_MS = 60_000;

export class Transcript {
  /** @param {import("./chat.js").Chat} chat */
  constructor(chat) {
    this.chat = chat;
    this.sheet = element("div", { className: "sheet copy", hidden: true });
    this.sheet.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.close();
    });
    chat.view.notice.after(this.sheet);
  }

  /** The desk's answer; throws words for the customer. @param {object} wish */
  async ask(wish) {
    const { chat } = this;
    const { conversation } = chat.timeline;
    const { language } = chat.state;
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const said = await chat.connection.post("/widget/transcript", { conversation, language, zone, ...wish });
    if (!said || said.error || said.detail) throw said?.error?.message ?? chat.say("not_done");
    return said;
  }

  async download() {
    try {
      const { name, html } = await this.ask({});
      const href = URL.createObjectURL(new Blob([html], { type: "text/html" }));
      const link = element("a", { href, download: name });
      this.sheet.after(link);
      link.click();
      link.remove();
      setTimeout(() => URL.revokeObjectURL(href), KEPT_MS);
    } catch (problem) {
      this.tell(problem);
    }
  }

  /** Asks where to send it. */
  mail() {
    const { chat } = this;
    const label = element("label", { htmlFor: "to" }, chat.say("mail_to"));
    const input = element("input", { type: "email", id: "to", autocomplete: "email" });
    const told = element("div", { role: "alert", className: "problem" });
    const send = element("button", { type: "submit", className: "primary" }, chat.say("send"));
    const form = element("form", { noValidate: true }, label, input, told, this.buttons(send));
    // One wish, however often its answer is lost on the way.
    const id = `${Date.now()}-${Math.random()}`;
    form.onsubmit = async (event) => {
      event.preventDefault();
      try {
        await this.ask({ to: input.value, id });
        this.tell(chat.say("mailed", { to: input.value }));
      } catch (problem) {
        told.textContent = String(problem);
        input.focus();
      }
    };
    this.show(form);
    input.focus();
  }

  /** @param {unknown} words */
  tell(words) {
    this.show(element("div", { role: "status" }, String(words)), this.buttons());
    this.sheet.querySelector("button")?.focus();
  }

  /** @param {HTMLElement[]} before */
  buttons(...before) {
    const close = element("button", { type: "button", className: "quiet" }, this.chat.say("dismiss"));
    close.onclick = () => this.close();
    return element("div", { className: "choices" }, ...before, close);
  }

  /** @param {HTMLElement[]} content */
  show(...content) {
    this.sheet.replaceChildren(...content);
    this.sheet.hidden = false;
  }

  close() {
    this.sheet.hidden = true;
    this.chat.menu.button.focus();
  }
}
