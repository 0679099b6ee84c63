// The button for a few emoji, for keyboards that have none. They come when it is pressed (faces.js).

import { element, icon } from "./dom.js";

export class Emoji {
  /** @param {import("./lazy.js").Lazy} lazy */
  constructor(lazy) {
    this.button = element("button", { className: "tool", type: "button", "aria-expanded": "false" }, icon("smile"));
    this.button.onclick = () => lazy.use("Faces", (faces) => faces.toggle());
    this.place = element("div", { className: "faces" }, this.button);
  }
}
