// The chat speaks first, where the owner wants it: on some pages, after a while, once per visitor.

import { element, icon } from "./dom.js";

/** @typedef {{page: string, after_seconds: number, show: string, text: Record<string, string>}} Rule */

export class Proactive {
  /** @param {import("./chat.js").Chat} chat */
  constructor(chat) {
    this.chat = chat;
    /** @type {Rule | undefined} what is said now, if the customer has not answered it */
    this.rule = undefined;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.words = element("button", { type: "button" });
    this.words.onclick = () => chat.show(true);
    this.away = element("button", { type: "button", className: "icon" }, icon("close"));
    this.away.onclick = () => {
      this.hide();
      chat.view.launcher.focus();
    };
    this.bubble = element("div", { className: "greeting", role: "status", hidden: true }, this.words, this.away);
    chat.view.panel.after(this.bubble);
  }

  /** Looks at the page anew: it has come, or become another one. */
  look() {
    clearTimeout(this.timer);
    const { memory, site, appearance } = this.chat;
    const { pathname } = new URL(site.where().url, location.href);
    const rule = appearance.settings.proactive?.find(({ page }) => matches(page, pathname));
    if (!rule || memory.read("used") || memory.read("greeted")) return;
    this.timer = setTimeout(() => this.greet(rule), rule.after_seconds * 1000);
  }

  /** @param {Rule} rule */
  greet(rule) {
    const { chat } = this;
    if (chat.view.isOpen || !chat.state.available || chat.memory.read("greeted")) return;
    chat.memory.keep("greeted", "1");
    this.rule = rule;
    this.bubble.hidden = rule.show === "open";
    if (rule.show === "open") chat.show(true, { focus: false });
    chat.draw();
  }

  hide() {
    this.bubble.hidden = true;
  }

  draw() {
    const { chat } = this;
    if (chat.view.isOpen) this.hide();
    if (this.bubble.hidden) return;
    this.words.textContent = this.rule?.text[chat.state.language] ?? "";
    this.away.setAttribute("aria-label", chat.say("close"));
  }
}

/** `*` stands for anything. @param {string} pattern @param {string} path */
export function matches(pattern, path) {
  const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(path);
}
