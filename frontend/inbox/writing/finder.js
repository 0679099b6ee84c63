// A list at the composer that letters narrow down: saved replies behind “/”, emoji behind “:”, in notes
// colleagues behind “@”.
// The focus stays in the text; arrows choose, Enter and Tab take, Escape closes.

/**
 * @typedef {{label: string, text?: string, aside?: string, take: (area: HTMLTextAreaElement) => void}} Item
 * @typedef {{trigger: RegExp, takes?: (area: HTMLTextAreaElement) => boolean, label: (area: HTMLTextAreaElement) => string,
 *   nothing: (area: HTMLTextAreaElement, words: string) => string,
 *   search: (words: string, area: HTMLTextAreaElement) => Item[] | Promise<Item[]>}} Source
 * `trigger` fits the text before the caret, from the sign on; its first group are the letters. `takes`: in which
 * fields, the reply if it does not say. Without words for `nothing` an empty list is not shown.
 */

/** @type {Source[]} */
const sources = [];
const ID = "finder";
/** `before` is the text that the items were looked up for. @type {{area: HTMLTextAreaElement, items: Item[], at: number, begin: number, before: string} | null} */
let open = null;
let asked = 0;
/** Whose letters are being looked up. @type {HTMLTextAreaElement | null} */
let looking = null;
/** Enter or Tab, when it was quicker than what is looked up: the first item is taken once it is there. */
let awaited = "";
/** What Escape has closed does not open again while the same word goes on. */
let silenced = -1;

/** @param {Source} source */
export function addSource(source) {
  sources.push(source);
}

/** Replaces the sign and the letters. @param {HTMLTextAreaElement} area @param {number} begin */
function clearTyped(area, begin) {
  area.setSelectionRange(begin, area.selectionEnd);
}

/** @returns {HTMLElement} */
function box() {
  const there = document.getElementById(ID);
  if (there) return there;
  const made = document.createElement("ul");
  made.id = ID;
  made.className = "finder";
  made.setAttribute("role", "listbox");
  return made;
}

export function close() {
  document.getElementById(ID)?.remove();
  const area = open?.area;
  open = null;
  area?.removeAttribute("aria-activedescendant");
  area?.removeAttribute("aria-controls");
}

/** @param {HTMLTextAreaElement} area */
async function look(area) {
  const before = area.value.slice(0, area.selectionEnd);
  if (area.selectionStart !== area.selectionEnd) return close();
  for (const source of sources) {
    const found = takes(source, area) ? source.trigger.exec(before) : null;
    if (!found) continue;
    const begin = before.length - found[0].trimStart().length;
    if (begin === silenced) return;
    const turn = ++asked;
    looking = area;
    awaited = "";
    const items = await source.search(found[1], area);
    if (turn !== asked) return;
    looking = null;
    if (!area.isConnected || document.activeElement !== area) return;
    const nothing = source.nothing(area, found[1]);
    if (items.length || nothing) show(area, source.label(area), items, { begin, before, nothing });
    else close();
    if (!awaited) return;
    if (items.length) take(0);
    else area.dispatchEvent(new KeyboardEvent("keydown", { key: awaited, bubbles: true, cancelable: true }));
    return;
  }
  silenced = -1;
  asked++;
  looking = null;
  close();
}

/** @param {HTMLTextAreaElement} area @param {string} label @param {Item[]} items @param {{begin: number, before: string, nothing: string}} typed */
function show(area, label, items, { begin, before, nothing: without }) {
  const list = box();
  list.setAttribute("aria-label", label);
  open = { area, items, at: items.length ? 0 : -1, begin, before };
  list.replaceChildren(
    ...items.map((item, index) => row(item, index)),
    ...(items.length ? [] : [nothing(without)]),
  );
  area.before(list);
  area.setAttribute("aria-controls", ID);
  mark();
}

/** @param {Item} item @param {number} index */
function row(item, index) {
  const made = document.createElement("li");
  made.id = `${ID}-${index}`;
  made.setAttribute("role", "option");
  const name = document.createElement("strong");
  name.textContent = item.label;
  name.dir = "auto";
  made.append(name);
  for (const [words, className] of [[item.aside, "quiet"], [item.text, "finder-text"]]) {
    if (!words) continue;
    const part = document.createElement("span");
    Object.assign(part, { className, textContent: words, dir: "auto" });
    made.append(" ", part);
  }
  made.addEventListener("mousedown", (event) => {
    event.preventDefault(); // the focus stays
    take(index);
  });
  return made;
}

/** @param {string} words */
function nothing(words) {
  const made = document.createElement("li");
  Object.assign(made, { className: "quiet", textContent: words });
  made.setAttribute("role", "option");
  made.setAttribute("aria-disabled", "true");
  return made;
}

function mark() {
  if (!open) return;
  [...box().children].forEach((made, index) => {
    const isIt = index === open?.at;
    made.setAttribute("aria-selected", String(isIt));
    if (isIt) made.scrollIntoView({ block: "nearest" });
  });
  if (open.at >= 0) open.area.setAttribute("aria-activedescendant", `${ID}-${open.at}`);
}

/** @param {number} index */
function take(index) {
  if (!open) return;
  const { area, items, begin } = open;
  const item = items[index];
  close();
  if (!item) return;
  area.focus();
  clearTyped(area, begin);
  item.take(area);
}

/** @param {Source} source @param {HTMLTextAreaElement} area */
function takes(source, area) {
  return source.takes ? source.takes(area) : area.id === "reply-text";
}

/** @param {EventTarget | null} target @returns {target is HTMLTextAreaElement} */
function isComposer(target) {
  return target instanceof HTMLTextAreaElement && sources.some((source) => takes(source, target));
}

/** @param {KeyboardEvent} event */
const isTaking = ({ key, shiftKey, ctrlKey, metaKey }) => (key === "Enter" || key === "Tab") && !shiftKey && !ctrlKey && !metaKey;

// Before the inbox's own keys: Enter takes here, and does not send.
document.body.addEventListener(
  "keydown",
  (event) => {
    if (!isComposer(event.target) || event.isComposing) return;
    if (isTaking(event) && event.target === looking && open?.before !== event.target.value.slice(0, event.target.selectionEnd)) {
      awaited = event.key;
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    if (!open) return;
    const { items } = open;
    const last = items.length - 1;
    if (event.key === "Escape") {
      silenced = open.begin;
      close();
    } else if (event.key === "ArrowDown" && items.length) open.at = open.at === last ? 0 : open.at + 1;
    else if (event.key === "ArrowUp" && items.length) open.at = open.at <= 0 ? last : open.at - 1;
    else if (isTaking(event) && items.length) take(open.at);
    else return;
    event.preventDefault();
    event.stopPropagation();
    mark();
  },
  true,
);

document.body.addEventListener("input", ({ target }) => {
  if (isComposer(target)) void look(target);
});
document.body.addEventListener("focusout", ({ target }) => {
  if (isComposer(target)) close();
});
