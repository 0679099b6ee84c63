// The emoji themselves, once they are asked for.

import { element } from "./dom.js";

const PICKS = [..."😀😂🙂😉😍😎🤔😕😢😡👍👎👌🙏👏💪💚🎉🔥⭐✅❌📦📷"];
const IN_ROW = 8;
/** @type {Record<string, number>} */
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -IN_ROW, ArrowDown: IN_ROW };

export class Faces {
  /** @param {import("./chat.js").Chat} chat */
  constructor(chat) {
    const { button, place } = /** @type {import("./emoji.js").Emoji} */ (chat.view.emoji);
    this.input = chat.view.input;
    this.button = button;
    const faces = PICKS.map((face) => {
      const made = element("button", { type: "button", tabIndex: -1 }, face);
      made.onclick = () => this.#insert(face);
      return made;
    });
    this.grid = element("div", { className: "emoji", role: "group", hidden: true }, ...faces);
    this.grid.setAttribute("aria-label", button.getAttribute("aria-label") ?? "");
    place.append(this.grid);
    place.addEventListener("keydown", (event) => this.#move(event));
    place.addEventListener("focusout", ({ relatedTarget }) => {
      if (!place.contains(/** @type {Node | null} */ (relatedTarget))) this.show(false);
    });
  }

  toggle() {
    this.show(this.grid.hidden);
  }

  /** @param {boolean} open */
  show(open) {
    this.grid.hidden = !open;
    this.button.setAttribute("aria-expanded", String(open));
    if (open) /** @type {HTMLElement} */ (this.grid.firstChild).focus();
  }

  /** @param {KeyboardEvent} event */
  #move(event) {
    if (this.grid.hidden) return;
    const all = /** @type {HTMLElement[]} */ ([...this.grid.children]);
    const at = all.indexOf(/** @type {HTMLElement} */ (event.target));
    if (event.key === "Escape") {
      this.show(false);
      this.button.focus();
    } else if (at >= 0 && event.key in STEPS) {
      all[at + STEPS[event.key]]?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {string} face */
  #insert(face) {
    const { input } = this;
    this.show(false);
    input.setRangeText(face, input.selectionStart, input.selectionEnd, "end");
    input.focus();
    input.dispatchEvent(new Event("input"));
  }
}
