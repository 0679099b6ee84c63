// What the owner chooses, shown on a page at once, and written down as the line for their own pages.

import { contrast, rgb, textOn, WHITE } from "../widget/colors.js";

const AGAIN_MS = 350;

/** @template {HTMLElement} T @param {string} id @returns {T} */
const byId = (id) => /** @type {T} */ (document.getElementById(id));
const form = /** @type {HTMLFormElement} */ (byId("choices"));
const picker = /** @type {HTMLInputElement} */ (byId("picker"));
const color = /** @type {HTMLInputElement} */ (byId("color"));
const frame = /** @type {HTMLIFrameElement} */ (byId("page"));
const open = /** @type {HTMLInputElement} */ (byId("open"));
const copy = byId("copy");
const copyWords = copy.textContent;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let again;

/** What is not as it would be anyway. @returns {Record<string, string>} */
function chosen() {
  const all = /** @type {[string, string][]} */ ([...new FormData(form)]);
  const { welcome, ...kept } = Object.fromEntries(all.filter(([, value]) => value.trim()));
  if (kept.color && !rgb(kept.color)) delete kept.color;
  if (welcome) kept.texts = JSON.stringify({ en: { welcome }, pl: { welcome } });
  return kept;
}

/** @param {string} value */
const quoted = (value) => value.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;");

/** @param {Record<string, string>} attributes */
function snippet({ desk = "", ...attributes }) {
  const lines = Object.entries(attributes).map(([name, value]) => ` data-${name}="${quoted(value)}"`);
  return `<script src="${location.origin}/widget.js" data-desk="${quoted(desk)}"${lines.join("")} async></script>`;
}

/** @param {Record<string, string>} attributes */
function toml({ desk = "", color: shade, position, theme, dir, avatar, launcher, texts }) {
  const text = (/** @type {string} */ value) => JSON.stringify(value);
  const pair = (/** @type {string} */ value) => `{ en = ${text(value)}, pl = ${text(value)} }`;
  const lines = Object.entries({ color: shade, position, theme, dir, avatar }).flatMap(([key, value]) => (value ? [`${key} = ${text(value)}`] : []));
  if (launcher) lines.push(`launcher = ${pair(launcher)}`);
  const welcome = texts && `{ welcome = ${text(JSON.parse(texts).en.welcome)} }`;
  if (welcome) lines.push(`texts = { en = ${welcome}, pl = ${welcome} }`);
  return [`[${desk}.widget]`, ...lines].join("\n");
}

function tellContrast() {
  const told = byId("contrast");
  const { good = "", bad = "", none = "", white = "", black = "" } = told.dataset;
  const shade = rgb(color.value);
  color.setAttribute("aria-invalid", String(Boolean(color.value) && !shade));
  if (!shade) return void (told.textContent = color.value ? bad : none);
  const on = textOn(shade);
  const ratio = contrast(shade, on).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 });
  told.textContent = good.replace("{on}", on === WHITE ? white : black).replace("{ratio}", ratio);
}

function draw() {
  const attributes = chosen();
  byId("snippet").textContent = snippet(attributes);
  byId("toml").textContent = toml(attributes);
  copy.textContent = copyWords;
  tellContrast();
  clearTimeout(again);
  again = setTimeout(() => {
    const query = new URLSearchParams({ ...attributes, page: document.documentElement.lang, ...(open.checked && { open: "1" }) });
    // In the frame's place, so that Back leaves this page.
    frame.contentWindow?.location.replace(`${frame.dataset.address}?${query}`);
  }, AGAIN_MS);
}

picker.oninput = () => {
  color.value = picker.value;
  draw();
};
form.oninput = () => {
  if (/^#[0-9a-f]{6}$/i.test(color.value)) picker.value = color.value;
  draw();
};
form.onsubmit = (/** @type {Event} */ event) => event.preventDefault();
open.onchange = draw;
copy.onclick = async () => {
  const words = byId("snippet");
  try {
    await navigator.clipboard.writeText(words.textContent ?? "");
    copy.textContent = copy.dataset.done ?? "";
  } catch {
    getSelection()?.selectAllChildren(words); // no leave for the clipboard: Ctrl+C is left
  }
};
const asked = new URLSearchParams(location.search).get("desk");
if (asked) /** @type {HTMLInputElement} */ (byId("desk")).value = asked;
draw();
