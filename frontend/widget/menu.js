// What can be done with the conversation, behind one button: a list that opens and closes.

import { element, icon } from "./dom.js";

/** @typedef {{text: string, act: () => void, when: () => boolean}} Item */

export class Menu {
  /** @param {import("./view.js").Say} say @param {Item[]} items */
  constructor(say, items) {
    this.say = say;
    this.items = items;
    this.button = element("button", { className: "icon", type: "button", "aria-controls": "menu" }, icon("menu"));
    this.list = element("div", { className: "menu", id: "menu", hidden: true });
    this.button.onclick = () => this.show(this.list.hidden);
    this.place = element("div", {}, this.button, this.list);
    this.place.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || this.list.hidden) return;
      event.stopPropagation();
      this.show(false);
      this.button.focus();
    });
    this.place.addEventListener("focusout", ({ relatedTarget }) => {
      if (!this.place.contains(/** @type {Node | null} */ (relatedTarget))) this.show(false);
    });
    this.show(false);
  }

  /** @param {boolean} open */
  show(open) {
    this.list.hidden = !open;
    this.button.setAttribute("aria-expanded", String(open));
    if (!open) return;
    const possible = this.items.filter((item) => item.when());
    this.list.replaceChildren(
      ...possible.map(({ text, act }) => {
        const made = element("button", { type: "button" }, this.say(text));
        made.onclick = () => {
          this.show(false);
          this.button.focus();
          act();
        };
        return made;
      }),
    );
    /** @type {HTMLElement | null} */ (this.list.firstElementChild)?.focus();
  }

  /** With nothing to do there is no button. */
  draw() {
    this.place.hidden = !this.items.some((item) => item.when());
    this.button.setAttribute("aria-label", this.say("more"));
  }
}
