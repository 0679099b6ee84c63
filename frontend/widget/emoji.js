// A few emoji behind a button, for keyboards that have none. Made when it is opened first.

import { element, icon } from "./dom.js";

const PICKS = [..."😀😂🙂😉😍😎🤔😕😢😡👍👎👌🙏👏💪💚🎉🔥⭐✅❌📦📷"];
const IN_ROW = 8;
/** @type {Record<string, number>} */
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -IN_ROW, ArrowDown: IN_ROW };

export class Emoji {
  /** @param {HTMLTextAreaElement} input */
  constructor(input) {
    this.input = input;
    this.button = element("button", { className: "tool", type: "button", "aria-expanded": "false" }, icon("smile"));
    this.grid = element("div", { className: "emoji", role: "group", hidden: true });
    this.place = element("div", { className: "faces" }, this.button, this.grid);
    this.button.onclick = () => this.show(this.grid.hidden);
    this.place.addEventListener("keydown", (event) => this.#move(event));
    this.place.addEventListener("focusout", ({ relatedTarget }) => {
      if (!this.place.contains(/** @type {Node | null} */ (relatedTarget))) this.show(false);
    });
  }

  /** @param {boolean} open */
  show(open) {
    this.grid.hidden = !open;
    this.button.setAttribute("aria-expanded", String(open));
    if (!open) return;
    if (!this.grid.firstChild) {
      for (const face of PICKS) {
        const made = element("button", { type: "button", tabIndex: -1 }, face);
        made.onclick = () => this.#insert(face);
        this.grid.append(made);
      }
    }
    /** @type {HTMLElement} */ (this.grid.firstChild).focus();
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
