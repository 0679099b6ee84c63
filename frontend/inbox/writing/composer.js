// The composer: marks by key and button, the preview, and where the conversation stood when it was begun.

import { insert } from "./insert.js";

/** What is put around, or before. @type {Record<string, [string, string]>} */
const AROUND = { bold: ["**", "**"], italic: ["*", "*"], code: ["`", "`"] };
/** @type {Record<string, string>} */
const KEYS = { b: "bold", i: "italic", k: "link" };

/** @returns {HTMLTextAreaElement | null} */
function composer() {
  return /** @type {HTMLTextAreaElement | null} */ (document.getElementById("reply-text"));
}

/** @param {HTMLTextAreaElement} area @param {string} name */
function mark(area, name) {
  const chosen = area.value.slice(area.selectionStart, area.selectionEnd);
  if (name === "list") {
    const begin = area.value.lastIndexOf("\n", area.selectionStart - 1) + 1;
    const end = area.selectionEnd;
    area.setSelectionRange(begin, end);
    insert(area, area.value.slice(begin, end).split("\n").map((line) => `- ${line}`).join("\n"));
  } else if (name === "link") {
    const address = /^https?:\/\/\S+$/.test(chosen);
    const [title, url] = address ? ["", chosen] : [chosen, "https://"];
    const at = title ? title.length + 3 : 1;
    insert(area, `[${title}](${url})`, at, title ? at + url.length : 1);
  } else {
    const [before, after] = AROUND[name];
    insert(area, before + chosen + after, before.length, before.length + chosen.length);
  }
}

document.body.addEventListener("click", ({ target }) => {
  const area = composer();
  if (!(target instanceof Element) || !area) return;
  const button = /** @type {HTMLElement | null} */ (target.closest("[data-mark]"));
  if (button) mark(area, button.dataset.mark ?? "");
  const preview = target.closest("[data-preview]");
  if (preview instanceof HTMLElement) void show(preview, area);
});

// Nothing was typed since: what is to be undone is the sending.
document.body.addEventListener("keydown", (event) => {
  const isUndo = event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
  const held = document.getElementById("held-undo");
  if (!isUndo || !held || event.target !== composer() || composer()?.value) return;
  event.preventDefault();
  held.click();
});

document.body.addEventListener("keydown", (event) => {
  const name = KEYS[event.key.toLowerCase()];
  const isPlain = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
  if (!name || !isPlain || event.target !== composer()) return;
  event.preventDefault();
  mark(/** @type {HTMLTextAreaElement} */ (event.target), name);
});

/** The words as the customer will see them; the desk's own reading of them.
 * @param {HTMLElement} button @param {HTMLTextAreaElement} area */
async function show(button, area) {
  const place = /** @type {HTMLElement} */ (document.querySelector(".reply .preview"));
  const isOn = button.getAttribute("aria-pressed") === "true";
  if (isOn) {
    place.hidden = true;
    button.setAttribute("aria-pressed", "false");
    return;
  }
  button.setAttribute("aria-pressed", "true");
  place.hidden = false;
  await refresh(button, area, place);
}

/** @param {HTMLElement} button @param {HTMLTextAreaElement} area @param {HTMLElement} place */
async function refresh(button, area, place) {
  const headers = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}");
  const text = area.value;
  const response = await fetch(button.dataset.to ?? "", {
    method: "POST",
    headers: { ...headers, "HX-Request": "true" },
    body: new URLSearchParams({ text }),
  }).catch(() => null);
  if (!response?.ok || area.value !== text) return;
  // Made by bot/markup/html.py: escaped, and no tag but those of the subset.
  place.innerHTML = await response.text();
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let pause;
let wasEmpty = true;

document.body.addEventListener("input", ({ target }) => {
  const area = composer();
  if (target !== area || !area) return;
  if (wasEmpty && area.value) begun(area);
  wasEmpty = !area.value;
  const button = /** @type {HTMLElement | null} */ (document.querySelector("[data-preview][aria-pressed=true]"));
  const place = /** @type {HTMLElement | null} */ (document.querySelector(".reply .preview"));
  clearTimeout(pause);
  if (button && place) pause = setTimeout(() => void refresh(button, area, place), 300);
});

document.body.addEventListener("files-changed", () => {
  const area = composer();
  if (area && !area.value) begun(area); // begun with a file
});

/** From now on the customer's words are news to this reply. @param {HTMLTextAreaElement} area */
function begun(area) {
  const seen = /** @type {HTMLInputElement | null} */ (document.querySelector("[id^=cursor-] input[name=after]"));
  const started = /** @type {HTMLInputElement | null} */ (area.form?.querySelector("input[name=started]"));
  if (seen && started) started.value = seen.value;
}

/** Only a script can do what these buttons do. */
function prepare() {
  const bar = /** @type {HTMLElement | null} */ (document.querySelector(".composer-bar"));
  if (bar) bar.hidden = false;
  wasEmpty = !composer()?.value;
}

document.body.addEventListener("htmx:afterSettle", (event) => {
  prepare();
  // Undone: back to where it was written.
  const { elt } = /** @type {CustomEvent} */ (event).detail;
  if (elt.closest?.(".held")) composer()?.focus();
});
prepare();
