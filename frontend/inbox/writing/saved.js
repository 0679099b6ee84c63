// Saved replies behind “/”, and what a macro does once the reply is sent.

import { addSource } from "./finder.js";
import { insert } from "./insert.js";

/** A gap that nobody has filled in yet (bot/writing/variables.py). */
const GAP = /\u27e6[^\u27e7\n]+\u27e7/;

/** @typedef {{id: string, shortcut: string, title: string, text: string, language: string, steps: string[]}} Found */

/** @returns {HTMLElement | null} */
const place = () => document.querySelector(".reply .saved-used");

/** @param {string} address */
async function get(address) {
  const headers = { "HX-Request": "true", "HX-Current-URL": location.href };
  const response = await fetch(address, { headers }).catch(() => null);
  const answer = await response?.json().catch(() => null);
  return response?.ok ? answer : { message: answer?.message ?? document.body.dataset.noAnswer ?? "" };
}

addSource({
  trigger: /(?:^|\s)\/([^\s/]{0,40})$/,
  label: () => place()?.dataset.found ?? "",
  nothing: () => place()?.dataset.nothing ?? "",
  async search(words) {
    const base = place()?.dataset.from;
    const found = base ? await get(`${base}?q=${encodeURIComponent(words)}`) : [];
    if (!Array.isArray(found)) return [];
    return found.map((/** @type {Found} */ one) => ({
      label: `/${one.shortcut}`,
      aside: [one.title, one.language.toUpperCase(), ...one.steps].filter(Boolean).join(" · "),
      text: one.text,
      take: (area) => void use(area, `${base}/${one.id}`),
    }));
  },
});

/** @param {HTMLTextAreaElement} area @param {string} address */
async function use(area, address) {
  insert(area, "");
  const used = await get(address);
  const there = place();
  if (!area.isConnected || !there) return;
  if (used.message) return tell(there, [used.message]);
  insert(area, used.text);
  selectGap(area);
  tell(there, used.told);
  if (used.steps.length) follow(area, there, used);
}

/** @param {HTMLElement} there @param {string[]} lines */
function tell(there, lines) {
  there.replaceChildren(
    ...lines.map((words) => Object.assign(document.createElement("p"), { className: "notice", textContent: words })),
  );
}

/** What is to be done after the reply: shown, sent along, and easily left out.
 * @param {HTMLTextAreaElement} area @param {HTMLElement} there @param {{id: string, steps: string[]}} used */
function follow(area, there, { id, steps }) {
  const line = document.createElement("p");
  line.className = "notice then";
  const what = document.createElement("span");
  what.textContent = `${there.dataset.then} ${steps.join(", ")}`;
  const chosen = Object.assign(document.createElement("input"), { type: "hidden", name: "macro", value: id });
  const forget = document.createElement("button");
  Object.assign(forget, { type: "button", className: "link", textContent: there.dataset.forget });
  forget.onclick = () => {
    line.remove();
    area.required = !area.form?.querySelector("[name=attachment]");
    area.focus();
  };
  line.append(what, chosen, forget);
  there.append(line);
  area.required = false;
}

/** @param {HTMLTextAreaElement} area */
export function selectGap(area) {
  const gap = GAP.exec(area.value);
  if (gap) area.setSelectionRange(gap.index, gap.index + gap[0].length);
}

// Refused for a gap: it is what is to be typed over.
document.body.addEventListener("htmx:afterRequest", (event) => {
  const { elt, successful } = /** @type {CustomEvent} */ (event).detail;
  const area = elt.id === "reply-form" && !successful ? elt.querySelector("textarea") : null;
  if (area) setTimeout(() => selectGap(area), 0);
});
