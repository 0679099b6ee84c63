// Selected conversations: they stay selected while the list changes, and are acted on by the bar below it.
import { boxOf, bring, count as countRows, itemFor, items, pane } from "./rows/far.js";

/** By id: the epoch, and behind a dot the customer's last message, as they were when it was selected. @type {Map<string, string>} */
const picked = new Map();
/** The items that look selected. @type {Set<Element>} */
const marked = new Set();
/** Those whose leaving is no news: it was done to them. @type {Set<string>} */
let done = new Set();
/** Where a range begins. */
let anchor = "";
let withShift = false;
/** By a key of keys.js, which presses the box itself. */
let withKey = false;
let view = "";
/** One at a time: the report of a second one would take the place of the first's, and of its undo. */
let isActing = false;

const bar = /** @type {HTMLElement} */ (document.getElementById("bulk"));
const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (document.getElementById(`bulk-${name}`));
const list = () => /** @type {HTMLElement} */ (document.getElementById("list"));
/** All of them: there may be ten thousand, so only for what is done with all. */
const boxes = () => /** @type {HTMLInputElement[]} */ ([...(items() ?? [])].map(boxOf).filter(Boolean));
const words = (/** @type {string} */ name, count = 0) => (bar.dataset[name] ?? "").replace("{count}", String(count));

/** To whoever hears the page. @param {string} said */
function say(said) {
  part("said").textContent = said;
}

/** @param {HTMLInputElement} box @param {boolean} on */
function pick(box, on) {
  box.checked = on;
  if (!on) picked.delete(box.value);
  else if (!picked.has(box.value)) picked.set(box.value, `${box.dataset.epoch}.${box.dataset.seq}`);
}

/** @param {Element} item @param {boolean} on */
function mark(item, on) {
  const box = boxOf(item);
  if (box) box.checked = on;
  item.classList.toggle("is-picked", on);
  if (on) marked.add(item);
  else marked.delete(item);
}

/** The box above the list: all of it, a part or nothing. */
function showWhole() {
  const whole = /** @type {HTMLInputElement | null} */ (document.getElementById("pick-all"));
  if (!whole) return;
  whole.checked = picked.size > 0 && picked.size === countRows();
  whole.indeterminate = picked.size > 0 && !whole.checked;
}

/** The page as the selection is. */
function show() {
  for (const item of marked) if (!item.isConnected || !picked.has(boxOf(item)?.value ?? "")) mark(item, false);
  for (const id of picked.keys()) {
    const item = itemFor(id);
    if (item && !marked.has(item)) mark(item, true);
  }
  showWhole();
  const count = picked.size;
  const tooMany = count > Number(bar.dataset.most);
  part("count").textContent = words("selected", count);
  part("limit").hidden = !tooMany;
  part("bar").hidden = count === 0;
  for (const button of part("bar").querySelectorAll("button:not(.link)")) /** @type {HTMLButtonElement} */ (button).disabled = tooMany || isActing;
  const undo = /** @type {HTMLButtonElement | null} */ (document.getElementById("bulk-undo"));
  if (undo) undo.disabled = isActing;
  for (const form of bar.querySelectorAll("[data-confirm]")) {
    // One by itself is closed without a word, as nobody selects one by mistake.
    if (count > 1) form.setAttribute("hx-confirm", (/** @type {HTMLElement} */ (form).dataset.confirm ?? "").replace("{count}", String(count)));
    else form.removeAttribute("hx-confirm");
  }
  bar.hidden = count === 0 && part("note").hidden && !part("outcome").firstElementChild;
}

/** The agent has changed the selection. */
function changed() {
  part("note").hidden = true;
  show();
  say(picked.size ? part("count").textContent + (part("limit").hidden ? "" : `. ${part("limit").textContent}`) : words("cleared"));
}

function clear() {
  const inside = bar.contains(document.activeElement);
  picked.clear();
  part("panel").replaceChildren();
  changed();
  if (inside) focusRow(document.querySelector("#rows > li"));
}

/** Another list in place of the one before: what is in it no longer is not selected any more. */
function reconcile() {
  if (list().dataset.view !== view) {
    view = list().dataset.view ?? "";
    picked.clear();
    part("outcome").replaceChildren();
    part("panel").replaceChildren();
    part("note").hidden = true;
    show();
    return;
  }
  const gone = [...picked.keys()].filter((id) => !itemFor(id));
  gone.forEach((id) => picked.delete(id));
  const left = gone.filter((id) => !done.has(id)).length;
  if (left) {
    part("note").textContent = words("left", left);
    part("note").hidden = false;
    say(words("left", left));
  }
  if (!picked.size) part("panel").replaceChildren();
  show();
}

/** What has become of them: the agent knows now how they stand, so the next act begins from there. */
function takeReport() {
  const report = /** @type {HTMLElement | null} */ (part("outcome").querySelector(".bulk-report"));
  if (!report) return;
  const seen = JSON.parse(report.dataset.seen ?? "{}");
  for (const id of picked.keys()) if (id in seen) picked.set(id, seen[id]);
  done = new Set(JSON.parse(report.dataset.done ?? "[]"));
  part("panel").replaceChildren();
  part("note").hidden = true;
  show();
  say(part("summary").textContent?.replace(/\s+/g, " ").trim() ?? "");
  part("summary").focus();
}

/** @param {Element | null} row */
function focusRow(row) {
  bring(row);
  const link = /** @type {HTMLElement | null | undefined} */ (row?.querySelector(".row"));
  link?.focus();
  row?.scrollIntoView({ block: "nearest" });
}

// ---------------------------------------------------------------- by pointer and by key
document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest(".pick")) withShift = event.shiftKey || (withShift && target.matches("input"));
  withKey = !event.isTrusted;
  if (target?.closest("#bulk-clear")) clear();
  if (target?.closest("[data-close-bulk]")) closePanel();
  if (target?.closest("[data-close-report]")) {
    part("outcome").replaceChildren();
    show();
  }
});

// With Shift a browser would mark all words between.
document.addEventListener("mousedown", (event) => {
  if (event.shiftKey && event.target instanceof Element && event.target.closest(".pick")) event.preventDefault();
});

document.addEventListener("change", ({ target }) => {
  if (!(target instanceof HTMLInputElement)) return;
  if (target.id === "pick-all") {
    for (const box of boxes()) pick(box, target.checked);
    if (!target.checked) picked.clear();
    changed();
  }
  if (!target.matches(".pick-box")) return;
  if (withShift) pickTo(target, target.checked);
  else pick(target, target.checked);
  withShift = false;
  anchor = target.value;
  if (withKey) focusRow(target.closest("li"));
  changed();
});

/** All from the last one to this one. @param {HTMLInputElement} box @param {boolean} on */
function pickTo(box, on) {
  const all = boxes();
  const [from, to] = [all.findIndex((one) => one.value === anchor), all.indexOf(box)];
  const first = from < 0 ? to : Math.min(from, to);
  for (const one of all.slice(first, Math.max(from, to) + 1)) pick(one, on);
}

function closePanel() {
  const opener = part("panel").querySelector("form")?.getAttribute("hx-post")?.split("/").pop();
  part("panel").replaceChildren();
  if (opener) part(opener)?.focus();
}

/** @param {EventTarget | null} place */
const isField = (place) => place instanceof Element && place.matches("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=button])");
const isCovered = () => document.querySelector("dialog[open], :popover-open, .more-views[open]") !== null;

// Before the others: what they close with Escape is still open.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || isCovered()) return;
  const inBar = bar.contains(document.activeElement);
  if (part("panel").firstElementChild && (inBar || !isField(event.target))) {
    event.stopPropagation();
    closePanel();
  } else if (picked.size && !isField(event.target) && !document.querySelector("#panel > *, #alert > *")) clear();
}, { capture: true });

document.addEventListener("keydown", (event) => {
  const { key, target, ctrlKey, metaKey, altKey, isComposing, defaultPrevented } = event;
  if (!["X", "."].includes(key)) return;
  if (isComposing || ctrlKey || metaKey || altKey || defaultPrevented || isField(target) || isCovered()) return;
  const row = document.activeElement?.closest("#rows > li");
  const single = /** @type {HTMLInputElement | null} */ (document.getElementById("keys-single"));
  if (single && !single.checked) return;
  const box = boxOf(row);
  if (key === "X" && box) {
    pickTo(box, true);
    anchor = box.value;
    changed();
  }
  if (key === "." && picked.size) {
    event.preventDefault();
    /** @type {HTMLElement | null} */ (part("acts").querySelector("button:not(:disabled)"))?.focus();
  }
});

// ---------------------------------------------------------------- what htmx tells
/** @param {string} name @param {(detail: any) => void} react */
function onHtmx(name, react) {
  document.body.addEventListener(`htmx:${name}`, (event) => react(/** @type {CustomEvent} */ (event).detail));
}

onHtmx("configRequest", ({ elt, parameters }) => {
  if (!elt.matches("[data-bulk]")) return;
  parameters.set("pick", [...picked].map((pair) => pair.join(":")).join(" "));
  say(words("busy", picked.size));
});
onHtmx("beforeSend", ({ target, xhr }) => {
  if (target?.id !== "bulk-outcome") return;
  isActing = true;
  show();
  xhr.addEventListener("loadend", () => {
    isActing = false;
    show();
  });
});
onHtmx("afterSwap", ({ target }) => {
  if (target?.id === "list" || target?.id === "work") reconcile();
  else if (target?.matches("li.more")) showWhole();
});
onHtmx("afterSettle", ({ target }) => {
  if (target?.id === "bulk-outcome") takeReport();
  if (target?.id !== "bulk-panel") return;
  show();
  const first = target.querySelector("select, input, textarea") ?? target.querySelector("h2");
  /** @type {HTMLElement | null} */ (first)?.focus();
});

view = list().dataset.view ?? "";
pane.classList.add("can-pick");
show();
