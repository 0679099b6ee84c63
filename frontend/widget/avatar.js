// Who speaks, at a glance: a square for the bot, a round picture or initial for a person.

import { element, icon } from "./dom.js";

/**
 * @param {string} kind @param {string} name @param {string | null | undefined} picture its address
 * @returns {HTMLElement}
 */
export function avatar(kind, name, picture) {
  const mark = element("i", { "aria-hidden": "true" }, kind === "bot" ? icon("bot") : [...name].slice(0, 1).join(""));
  if (!picture) return mark;
  const image = element("img", { src: picture, alt: "" });
  image.onload = () => mark.replaceChildren(image);
  image.decoding = "async";
  return mark;
}
