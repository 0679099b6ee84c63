// What the customer sees and presses. Draws from the timeline; decides nothing.

import { avatar } from "./avatar.js";
import { element, icon } from "./dom.js";
import { keepFocus } from "./focus.js";
import { settle } from "./carried.js";
import { Emoji } from "./emoji.js";
import { fitScreen } from "./phone.js";
import { Rows } from "./rows.js";
import { Scroll } from "./scroll.js";
import style from "./style.css";
import { dress } from "./sheets.js";

/**
 * @typedef {import("./timeline.js").Message} Message
 * @typedef {import("./outbox.js").Pending} Pending
 * @typedef {{open: () => void, close: () => void, write: (text: string, attachments: import("./carried.js").Attachment[]) => void,
 *   choose: (message: Message, button: import("./timeline.js").Button) => void, human: () => void,
 *   older: () => void, moved: () => void, typing: (on: boolean) => void, language: () => void, retry: (id: string) => void}} Wishes
 * @typedef {(key: string, values?: Record<string, string | number>) => string} Say
 * @typedef {{status: string, agent: string | null, online: boolean, available: boolean, asked: boolean,
 *   title: string, limit: number, language: string, ready: boolean, launcher: string, picture: string | null, hours: string}} State
 */

export class View {
  /** @param {ShadowRoot} root @param {Say} say @param {Wishes} wishes */
  constructor(root, say, wishes) {
    this.say = say;
    this.wishes = wishes;
    this.limit = 4000;
    this.available = true;
    this.status = "none";
    this.badge = element("span", { className: "badge", hidden: true, "aria-hidden": "true" });
    this.launcher = element(
      "button",
      { className: "launcher", type: "button", "aria-expanded": "false", "aria-controls": "panel" },
      icon("chat"),
      element("span", { className: "invite" }),
      this.badge,
    );
    this.launcher.hidden = true; // until the desk's own colours are known
    this.launcher.onclick = () => (this.isOpen ? wishes.close() : wishes.open());
    this.title = element("strong", { id: "title" });
    this.subtitle = element("span");
    this.face = element("div", { className: "face agent" });
    this.languageButton = element("button", { className: "icon", type: "button" });
    this.languageButton.onclick = wishes.language;
    this.closeButton = element("button", { className: "icon", type: "button" }, icon("close"));
    this.closeButton.onclick = wishes.close;
    this.notice = element("div", { className: "notice", hidden: true, role: "status" });
    this.log = element("div", { className: "log", role: "log", tabIndex: 0, "aria-live": "off" });
    this.scroll = new Scroll(this.log, wishes);
    this.humanLabel = element("span");
    this.human = element("button", { className: "human", type: "button" }, icon("person"), this.humanLabel);
    this.human.onclick = wishes.human;
    this.input = element("textarea", { rows: 1, "aria-describedby": "problem", enterKeyHint: "send" });
    this.sendButton = element("button", { className: "send", type: "submit" }, icon("send"));
    this.tools = element("div", { className: "tools" });
    this.problem = element("div", { className: "problem", id: "problem", role: "alert" });
    this.panel = element(
      "div",
      { className: "panel", id: "panel", role: "dialog", "aria-labelledby": "title", hidden: true },
      element("div", { className: "head" }, this.face, element("div", { className: "who" }, this.title, this.subtitle), this.languageButton, this.closeButton),
      this.notice,
      this.log,
      this.scroll.jump,
      element("div", { className: "foot" }, this.human, this.composer(), this.problem),
    );
    this.rows = new Rows(say, wishes, {
      language: () => this.panel.lang,
      beforeChoice: () => this.rest(),
      more: async () => (await this.files?.chat.lazy.come()) ?? null,
    });
    this.panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.isComposing) wishes.close();
    });
    /** Rows behind the last message. @type {() => [string, () => HTMLElement][]} */
    this.extras = () => [];
    keepFocus(this.panel);
    fitScreen(this.panel, this.scroll);
    dress(root, style);
    root.append(this.panel, this.launcher);
  }

  /** @param {import("./files.js").Files} files @param {string} base where the desk is */
  carry(files, base) {
    this.files = files;
    this.rows.base = base;
    this.emoji = new Emoji(files.chat.lazy);
    this.tools.append(files.button, files.field, this.emoji.place);
    this.tools.parentElement?.before(files.tray);
    files.listen(this.panel, this.input);
  }

  /** Puts a control into the head. @param {HTMLElement} control */
  place(control) {
    this.closeButton.before(control);
  }

  composer() {
    const form = element("form", {}, this.tools, this.input, this.sendButton);
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
      this.wishes.typing(this.input.value !== "");
    };
    return form;
  }

  submit() {
    const text = this.input.value;
    if (this.fit() > this.limit) return;
    const files = this.files?.pack(() => this.submit()) ?? (this.files ? null : []);
    if (!files || !(text.trim() || files.length)) return;
    this.input.value = "";
    this.fit();
    this.wishes.write(text, files);
    this.input.focus();
  }

  /** Lets the field grow with its text, and says when it is too long. */
  fit() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(132, this.input.scrollHeight + 2)}px`;
    // The server counts characters, JavaScript counts halves of some of them.
    const length = [...this.input.value].length;
    const limit = this.limit;
    this.input.setAttribute("aria-invalid", String(length > limit));
    this.tell(length > limit ? this.say("too_long", { length, limit }) : "");
    return length;
  }

  /** Says what went wrong, beside what the customer writes. @param {string} problem */
  tell(problem) {
    if (this.problem.textContent !== problem) this.problem.textContent = problem;
  }

  /** Where the focus goes when its button disappears; on a phone the keyboard stays away. */
  rest() {
    (matchMedia("(pointer: coarse)").matches ? this.log : this.input).focus({ preventScroll: true });
  }

  /** @param {HTMLElement} button @param {boolean} hidden */
  hide(button, hidden) {
    const { activeElement } = /** @type {ShadowRoot} */ (this.panel.getRootNode());
    button.hidden = hidden;
    if (hidden && activeElement === button) this.rest();
  }

  get isOpen() {
    return !this.panel.hidden;
  }

  /** The desk's face, beside its name. @param {HTMLElement | null} picture */
  showPicture(picture) {
    if (picture) this.title.parentElement?.before(picture);
  }

  /** The face of the agent who has the conversation. @param {State} state */
  drawFace({ status, agent, picture }) {
    const shown = agent && status !== "closed" ? `${agent} ${picture}` : "";
    if (this.face.dataset.of === shown) return;
    this.face.dataset.of = shown;
    this.face.replaceChildren(...(shown ? [avatar("agent", agent ?? "", picture && this.rows.base + picture)] : []));
  }

  /** @param {boolean} open @param {{focus: boolean}} options */
  show(open, { focus }) {
    if (this.panel.hidden === !open) return;
    this.panel.hidden = !open;
    this.launcher.setAttribute("aria-expanded", String(open));
    this.scroll.down();
    if (focus) open ? this.rest() : this.launcher.focus();
  }

  /** @param {State} state @param {number} unread */
  drawFrame(state, unread) {
    const { say } = this;
    this.limit = state.limit;
    const launcherLabel = this.isOpen ? "close" : unread ? "open_unread" : "open";
    const inviting = this.isOpen ? "" : state.launcher;
    name(this.launcher, [inviting, say(launcherLabel, { count: unread })].filter(Boolean).join(": "));
    this.launcher.hidden = !state.ready;
    this.launcher.classList.toggle("wide", inviting !== "");
    /** @type {HTMLElement} */ (this.launcher.children[1]).textContent = inviting;
    this.badge.hidden = unread === 0 || this.isOpen;
    this.badge.textContent = String(Math.min(unread, 99));
    this.title.textContent = state.title;
    const line = { queued: "queued", with_agent: "with_agent", snoozed: "with_agent", closed: "closed" };
    const key = line[/** @type {keyof typeof line} */ (state.status)] ?? "with_bot";
    const who = say(key, { name: state.agent ?? say("agent") });
    const line2 = key === "with_bot" && state.hours ? `${who} · ${state.hours}` : who;
    this.subtitle.textContent = state.available ? line2 : "";
    this.drawFace(state);
    this.available = state.available;
    this.status = state.status;
    const notice = !state.available ? say("unavailable") : state.online ? "" : say("offline");
    this.notice.hidden = !notice;
    if (this.notice.textContent !== notice) this.notice.textContent = notice;
    this.input.disabled = this.sendButton.disabled = !state.available;
    this.languageButton.textContent = say("language");
    this.languageButton.lang = state.language === "pl" ? "en" : "pl";
    name(this.closeButton, say("close"));
    name(this.log, say("messages"));
    const comesAnyway = state.asked || ["queued", "with_agent", "snoozed"].includes(state.status);
    this.hide(this.human, comesAnyway || !state.available);
    this.humanLabel.textContent = say("human");
    this.input.placeholder = say("write");
    name(this.input, say("write"));
    name(this.sendButton, say("send"));
    if (this.emoji) name(this.emoji.button, say("emoji"));
    this.files?.draw();
    this.panel.lang = state.language;
  }

  /**
   * @param {import("./timeline.js").Timeline} timeline @param {Pending[]} pending
   * @param {{kind: string, name: string | null} | null} typing who writes
   * @param {boolean} toEnd whether the customer's own message asks for the end of the list
   * @param {number} unread
   */
  drawLog(timeline, pending, typing, toEnd, unread) {
    const { rows, log, scroll } = this;
    const atEnd = toEnd || scroll.isAtEnd;
    const wanted = rows.said(timeline);
    if (pending.length) wanted.push(...rows.waiting(timeline, pending));
    else insertReceipt(wanted, rows.receipt(timeline, this.status));
    wanted.push(...this.extras());
    if (typing) wanted.push(["typing", () => rows.typing(typing)]);
    if (!wanted.length && this.available) wanted.push(["welcome", () => rows.system(this.say("welcome"))]);
    const change = () => {
      patch(log, wanted);
      settle(log, timeline.offers);
    };
    if (atEnd) {
      change();
      scroll.down();
    } else scroll.hold(change);
    scroll.draw(this.say("latest"), unread);
  }
}

/** @param {[string, () => HTMLElement][]} wanted @param {[string, string, () => HTMLElement] | null} receipt */
function insertReceipt(wanted, receipt) {
  if (!receipt) return;
  const [behind, key, make] = receipt;
  wanted.splice(wanted.findIndex(([row]) => row === behind) + 1, 0, [key, make]);
}

/**
 * Keeps rows that are there already: what is selected stays selected, and a picture loads once.
 * @param {HTMLElement} log @param {[string, () => HTMLElement][]} wanted
 */
function patch(log, wanted) {
  const keys = new Set(wanted.map(([key]) => key));
  for (const row of [...log.children]) {
    if (!keys.has(/** @type {HTMLElement} */ (row).dataset.key ?? "")) row.remove();
  }
  let there = /** @type {HTMLElement | null} */ (log.firstElementChild);
  for (const [key, make] of wanted) {
    if (there?.dataset.key === key) {
      there = /** @type {HTMLElement | null} */ (there.nextElementSibling);
      continue;
    }
    const row = make();
    row.dataset.key = key;
    log.insertBefore(row, there);
  }
}

/** The name that assistive technology reads. @param {HTMLElement} of @param {string} words */
function name(of, words) {
  if (of.getAttribute("aria-label") !== words) of.setAttribute("aria-label", words);
}
