// Small helpers to build DOM. Data only ever becomes text, never markup.

// Directions of writing (U+202A and the like) could make an address look like another: they end it.
const LINK = /\bhttps?:\/\/[^\s<>"'\u200b-\u200f\u202a-\u202e\u2066-\u2069]+[^\s<>"'\u200b-\u200f\u202a-\u202e\u2066-\u2069.,;:!?)\]]/g;

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag @param {Record<string, any>} [properties] @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in made) Reflect.set(made, name, value);
    else made.setAttribute(name, String(value));
  }
  made.append(...children);
  return made;
}

const ICONS = {
  chat: "M4 5h16v11H9l-5 4z",
  down: "M12 5v14M6 13l6 6 6-6",
  close: "M6 6l12 12M18 6L6 18",
  attach: "M20 11l-8.6 8.6a5 5 0 0 1-7-7L13 4a3.3 3.3 0 0 1 4.7 4.7l-8.5 8.5a1.7 1.7 0 0 1-2.4-2.4L14 7.6",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  smile: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM8.5 14.5c2 2.6 5 2.6 7 0M9 9.5v.1M15 9.5v.1",
  send: "M4 12l16-8-6 16-3-7z",
  menu: "M4 12h2M11 12h2M18 12h2",
  star: "M12 3l2.8 5.8 6.2.9-4.5 4.4 1.1 6.3-5.6-3-5.6 3 1.1-6.3L3 9.7l6.2-.9z",
  bot: "M12 7V3M5 7h14v12H5zM9 12v1M15 12v1",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c0-4 4-6 8-6s8 2 8 6",
};

/** @param {keyof typeof ICONS} name */
export function icon(name) {
  const namespace = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(namespace, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(namespace, "path");
  for (const [key, value] of Object.entries({
    d: ICONS[name],
    fill: "none",
    stroke: "currentColor",
    "stroke-width": "2",
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
  })) {
    path.setAttribute(key, value);
  }
  svg.append(path);
  return svg;
}

/** Text with its http(s) addresses as links. @param {string} text @returns {(Node | string)[]} */
export function linked(text) {
  /** @type {(Node | string)[]} */
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    parts.push(text.slice(end, match.index));
    parts.push(
      element("a", { href: match[0], target: "_blank", rel: "noopener noreferrer" }, match[0]),
    );
    end = match.index + match[0].length;
  }
  parts.push(text.slice(end));
  return parts;
}
