// An agent's message as elements: text only ever becomes text, and nothing else is made than these.

import { parse } from "./parse.js";

/** @typedef {import("./parse.js").Block} Block @typedef {import("./inline.js").Inline} Inline */

/** @param {string} message @returns {HTMLElement[]} */
export function formatted(message) {
  return parse(message).map(block);
}

/** @param {Block} one @returns {HTMLElement} */
function block(one) {
  if (one.kind === "paragraph") return make("p", ...one.parts.map(part));
  if (one.kind === "code_block") return make("pre", make("code", one.text));
  const list = make(one.kind === "bullets" ? "ul" : "ol", ...one.items.map((item) => make("li", ...item.map(part))));
  if (one.kind === "numbers") /** @type {HTMLOListElement} */ (list).start = one.first;
  return list;
}

/** @param {Inline} one @returns {Node | string} */
function part(one) {
  if (one.kind === "text") return one.text;
  if (one.kind === "code") return make("code", one.text);
  if (one.kind === "link") {
    const made = /** @type {HTMLAnchorElement} */ (make("a", one.title));
    return Object.assign(made, { href: one.url, target: "_blank", rel: "noopener noreferrer" });
  }
  const { kind, parts } = /** @type {{kind: "bold" | "italic", parts: Inline[]}} */ (one);
  return make(kind === "bold" ? "strong" : "em", ...parts.map(part));
}

/** @param {keyof HTMLElementTagNameMap} tag @param {(Node | string)[]} children */
function make(tag, ...children) {
  const made = document.createElement(tag);
  made.append(...children);
  return made;
}
