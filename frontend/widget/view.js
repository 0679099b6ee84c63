// What the customer sees and presses. Draws from the timeline; decides nothing.

import { element, icon } from "./dom.js";
import { Rows } from "./rows.js";
import style from "./style.css";

/**
 * @typedef {import("./timeline.js").Message} Message
 * @typedef {import("./timeline.js").Pending} Pending
 * @typedef {{open: () => void, close: () => void, write: (text: string) => void,
 *   choose: (message: Message, index: number) => void, human: () => void,
 *   typing: () => void, language: () => void, retry: (id: string) => void}} Wishes
 * @typedef {(key: string, values?: Record<string, string | number>) => string} Say
 * @typedef {{status: string, agent: string | null, online: boolean, title: string,
 *   limit: number, language: string}} State
 */

export class View {
  /** @param {ShadowRoot} root @param {Say} say @param {Wishes} wishes */
  constructor(root, say, wishes) {
    this.say = say;
    this.wishes = wishes;
    this.limit = 4000;
    this.badge = element("span", { className: "badge", hidden: true, ariaHidden: "true" });
    this.launcher = element(
      "button",
      { className: "launcher", type: "button", ariaExpanded: "false", "aria-controls": "panel" },
      icon("chat"),
      this.badge,
    );
    this.launcher.onclick = () => (this.isOpen ? wishes.close() : wishes.open());
    this.title = element("strong", { id: "title" });
    this.subtitle = element("span");
    this.languageButton = element("button", { className: "icon", type: "button" });
    this.languageButton.onclick = wishes.language;
    this.closeButton = element("button", { className: "icon", type: "button" }, icon("close"));
    this.closeButton.onclick = wishes.close;
    this.notice = element("div", { className: "notice", hidden: true, role: "status" });
    this.log = element("div", { className: "log", role: "log", tabIndex: 0, ariaLive: "polite" });
    this.humanLabel = element("span");
    this.human = element("button", { className: "human", type: "button" }, icon("person"), this.humanLabel);
    this.human.onclick = wishes.human;
    this.input = element("textarea", { rows: 1, "aria-describedby": "problem", enterKeyHint: "send" });
    this.sendButton = element("button", { className: "send", type: "submit" }, icon("send"));
    this.problem = element("div", { className: "problem", id: "problem", role: "alert" });
    this.panel = element(
      "div",
      { className: "panel", id: "panel", role: "dialog", "aria-labelledby": "title", hidden: true },
      element("div", { className: "head" }, element("div", { className: "who" }, this.title, this.subtitle), this.languageButton, this.closeButton),
      this.notice,
      this.log,
      element("div", { className: "foot" }, this.human, this.composer(), this.problem),
    );
    this.rows = new Rows(say, wishes, {
      language: () => this.panel.lang,
      beforeChoice: () => this.input.focus(),
    });
    this.panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape") wishes.close();
    });
    root.append(element("style", {}, style), this.panel, this.launcher);
  }

  composer() {
    const form = element("form", {}, this.input, this.sendButton);
    form.onsubmit = (event) => {
      event.preventDefault();
      this.submit();
    };
    this.input.onkeydown = (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.submit();
      }
    };
    this.input.oninput = () => {
      this.fit();
      if (this.input.value) this.wishes.typing();
    };
    return form;
  }

  submit() {
    const text = this.input.value;
    if (!text.trim() || this.fit() > this.limit) return;
    this.input.value = "";
    this.fit();
    this.wishes.write(text);
  }

  /** Lets the field grow with its text, and says when it is too long. */
  fit() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(132, this.input.scrollHeight + 2)}px`;
    // The server counts characters, JavaScript counts halves of some of them.
    const length = [...this.input.value].length;
    const limit = this.limit;
    this.problem.textContent = length > limit ? this.say("too_long", { length, limit }) : "";
    return length;
  }

  get isOpen() {
    return !this.panel.hidden;
  }

  /** @param {boolean} open @param {{focus: boolean}} options */
  show(open, { focus }) {
    if (this.panel.hidden === !open) return;
    this.panel.hidden = !open;
    this.launcher.ariaExpanded = String(open);
    if (focus) (open ? this.input : this.launcher).focus();
    this.scrollDown();
  }

  /** @param {State} state @param {number} unread */
  drawFrame(state, unread) {
    const { say } = this;
    this.limit = state.limit;
    const launcherLabel = this.isOpen ? "close" : unread ? "open_unread" : "open";
    this.launcher.ariaLabel = say(launcherLabel, { count: unread });
    this.badge.hidden = unread === 0 || this.isOpen;
    this.badge.textContent = String(Math.min(unread, 99));
    this.title.textContent = state.title;
    const line = { queued: "queued", with_agent: "with_agent", snoozed: "with_agent", closed: "closed" };
    const key = line[/** @type {keyof typeof line} */ (state.status)] ?? "with_bot";
    this.subtitle.textContent = say(key, { name: state.agent ?? say("agent") });
    this.notice.hidden = state.online;
    this.notice.textContent = state.online ? "" : say("offline");
    this.languageButton.textContent = say("language");
    this.languageButton.lang = state.language === "pl" ? "en" : "pl";
    this.closeButton.ariaLabel = say("close");
    this.log.ariaLabel = say("messages");
    this.human.hidden = ["queued", "with_agent", "snoozed"].includes(state.status);
    this.humanLabel.textContent = say("human");
    this.input.placeholder = this.input.ariaLabel = say("write");
    this.sendButton.ariaLabel = say("send");
    this.panel.lang = state.language;
  }

  /**
   * @param {Message[]} earlier @param {Message[]} messages @param {Pending[]} pending
   * @param {{author: {kind: string, name: string | null}} | null} typing
   */
  drawLog(earlier, messages, pending, typing) {
    const atEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 80;
    const { rows } = this;
    const wanted = [...rows.said(earlier, messages), ...rows.waiting(messages, pending)];
    if (typing) wanted.push(["typing", () => rows.typing(typing.author)]);
    if (!wanted.length) wanted.push(["welcome", () => rows.system(this.say("welcome"))]);
    this.patch(this.log, wanted);
    if (atEnd) this.scrollDown();
  }

  scrollDown() {
    this.log.scrollTop = this.log.scrollHeight;
  }

  /**
   * Keeps rows that are there already, so that a screen reader hears only what is new.
   * @param {HTMLElement} log @param {[string, () => HTMLElement][]} wanted
   */
  patch(log, wanted) {
    const keys = new Set(wanted.map(([key]) => key));
    for (const row of [...log.children]) {
      if (!keys.has(/** @type {HTMLElement} */ (row).dataset.key ?? "")) row.remove();
    }
    wanted.forEach(([key, make], index) => {
      const there = /** @type {HTMLElement | undefined} */ (log.children[index]);
      if (there?.dataset.key === key) return;
      const row = make();
      row.dataset.key = key;
      log.insertBefore(row, there ?? null);
    });
  }
}
