// The rows of the list. Of a long one, those far from the screen keep their place, and what is in them
// waits outside the page: whatever searches the page or draws it would walk over all of them.

const MOST = 300; // rows that are all left whole
const AHEAD = 4000; // pixels beyond the screen in which they are whole

export const pane = /** @type {HTMLElement} */ (document.querySelector(".list-pane"));

/** What is in the items that are far. @type {Map<Element, DocumentFragment>} */
const away = new Map();
/** The same items by their row's id. @type {Map<string, Element>} */
const byRow = new Map();
/** @type {Element | null} */
let known = null;

/** The list's items, live: its rows, and perhaps one that stands for those to come. */
export function items() {
  const list = document.getElementById("rows");
  if (list !== known) {
    known = list;
    away.clear();
    byRow.clear();
  }
  return list?.children;
}

/** How many rows the list has. */
export function count() {
  const all = items();
  return all ? all.length - Number(all[all.length - 1]?.matches(".more") ?? false) : 0;
}

/** @param {Element | null | undefined} item @param {string} selector */
const within = (item, selector) => (item ? (away.get(item) ?? item).querySelector(selector) : null);

/** @param {Element | null | undefined} item */
export const rowOf = (item) => /** @type {HTMLElement | null} */ (within(item, ".row"));

/** @param {Element | null | undefined} item */
export const boxOf = (item) => /** @type {HTMLInputElement | null} */ (within(item, ".pick-box"));

/** The item of a conversation, however far. @param {string} conversation */
export function itemFor(conversation) {
  items();
  const row = `row-${conversation}`;
  return byRow.get(row) ?? document.getElementById(row)?.parentElement;
}

/** The first item that ends below this, by halving. @param {number} top in pixels of the screen */
export function firstBelow(top) {
  const all = [...(items() ?? [])];
  let [from, to] = [0, all.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (all[middle].getBoundingClientRect().bottom > top) to = middle;
    else from = middle + 1;
  }
  return all[from];
}

/** Makes it whole again. @param {Element | null | undefined} item */
export function bring(item) {
  const content = item && away.get(item);
  if (!content) return;
  away.delete(item);
  byRow.delete(content.querySelector(".row")?.id ?? "");
  item.append(content);
  /** @type {HTMLElement} */ (item).style.height = "";
}

/** @param {Element} item @param {number} height */
function send(item, height) {
  const content = document.createDocumentFragment();
  content.append(...item.childNodes);
  away.set(item, content);
  byRow.set(content.querySelector(".row")?.id ?? "", item);
  /** @type {HTMLElement} */ (item).style.height = `${height}px`;
}

/** Those near the screen are whole, and those where the keys go on: at the open one, at the focus, at the top. */
export function settle() {
  if (count() <= MOST) return;
  const { top, bottom } = pane.getBoundingClientRect();
  const [first, last] = [firstBelow(top - AHEAD), firstBelow(bottom + AHEAD)];
  const kept = /** @type {Set<Element | null | undefined>} */ (new Set([items()?.[0]]));
  for (const item of [document.querySelector("#rows > .is-current"), document.activeElement?.closest("#rows > li")]) {
    for (const one of [item?.previousElementSibling, item, item?.nextElementSibling]) kept.add(one);
  }
  const gone = [];
  let isNear = false;
  for (const item of [...(items() ?? [])]) { // live, it would be counted anew after each step
    if (item === first) isNear = true;
    if (isNear || kept.has(item)) bring(item);
    else if (!away.has(item) && !item.matches(".more")) gone.push(item);
    if (item === last) isNear = false;
  }
  const heights = gone.map((item) => item.getBoundingClientRect().height);
  gone.forEach((item, at) => send(item, heights[at]));
}

// htmx tells of each new row by itself, to all who listen: the last one speaks for the page that has come.
for (const name of ["htmx:afterSwap", "htmx:afterSettle"]) {
  document.addEventListener(
    name,
    (event) => {
      const item = /** @type {Element} */ (event.target);
      if (item.parentElement?.id === "rows" && item.nextElementSibling) event.stopPropagation();
    },
    { capture: true },
  );
}

let isWaiting = false;
/** Before the next frame. */
export function settleSoon() {
  if (isWaiting) return;
  isWaiting = true;
  requestAnimationFrame(() => {
    isWaiting = false;
    settle();
  });
}

pane.addEventListener("scroll", settleSoon, { passive: true });
addEventListener("resize", settleSoon);
