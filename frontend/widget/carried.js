// What a message carries beside its words: files and cards. Names and titles are only ever text.

import { element, icon, linked } from "./dom.js";

/**
 * @typedef {import("./timeline.js").Message} Message
 * @typedef {import("./timeline.js").Button} Button
 * @typedef {{id: string, name: string, type: string, size: number, url?: string}} Attachment
 * @typedef {{title: string, text: string, image: string | null, link: {title: string, url: string} | null,
 *   buttons: Button[]}} Card
 */

const SHOWN = /^image\/(jpeg|png|gif|webp)$/;
/** Whose buttons they are. @type {WeakMap<Element, Message>} */
const owners = new WeakMap();

/** @param {string | null | undefined} address */
function isWeb(address) {
  return /^https?:\/\//i.test(address ?? "");
}

/** @param {string} href @param {(Node | string)[]} children */
function link(href, ...children) {
  return element("a", { href, target: "_blank", rel: "noopener noreferrer" }, ...children);
}

/** @param {number} bytes */
function size(bytes) {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** Files without an address are on their way. @param {Attachment[]} all @param {string} base */
export function files(all, base) {
  return all.map(({ name, type, size: bytes, url }) => {
    const at = url?.startsWith("/") ? base + url : "";
    const inside = [
      at && SHOWN.test(type) ? element("img", { src: at, alt: "", loading: "lazy" }) : icon("file"),
      element("bdi", {}, name),
      element("small", {}, size(bytes)),
    ];
    return element("div", { className: "file" }, at ? link(at, ...inside) : element("span", {}, ...inside));
  });
}

/**
 * @param {Message} message @param {(message: Message, button: Button) => void} choose
 */
export function cards(message, choose) {
  return (message.cards ?? []).map(({ title, text, image, link: to, buttons }) => {
    const card = element("div", { className: "card" });
    if (isWeb(image)) card.append(element("img", { src: image, alt: "", loading: "lazy" }));
    card.append(element("strong", {}, title), element("div", {}, ...linked(text)));
    if (to && isWeb(to.url)) card.append(link(to.url, to.title));
    for (const button of buttons) {
      const made = element("button", { type: "button", onclick: () => choose(message, button) }, button.title);
      owners.set(made, message);
      card.append(made);
    }
    return card;
  });
}

/** Buttons of cards stay where they are when they can be pressed no more.
 * @param {HTMLElement} log @param {Message[]} offers */
export function settle(log, offers) {
  for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (log.querySelectorAll(".card button"))) {
    button.disabled = !offers.includes(/** @type {Message} */ (owners.get(button)));
  }
}

/** Its words or, where it has none, what it carries. @param {Message} message */
export function gist({ text, attachments = [], cards: all = [] }) {
  return text || [...attachments.map(({ name }) => name), ...all.map(({ title }) => title)].join(", ");
}
