// The list stays where the agent reads when it is brought again, however far that is down.
import { bring, count, firstBelow, itemFor, items, pane, rowOf, settleSoon } from "./rows/far.js";

const FIRST_PAGE = 60;
const MOST_ROWS = 300; // that the server brings again (bot/inbox/lists.py)
const NEAR_TOP = 80;

const changed = /** @type {HTMLButtonElement} */ (document.getElementById("list-changed"));

/** Conversations on the screen, and how far from the pane's top. @type {{ id: string, top: number }[]} */
let seen = [];
let view = "";
let menuWasOpen = false;
/** The agent asked for the list anew, whatever is selected far down. */
let fromTop = false;

const list = () => /** @type {HTMLElement} */ (document.getElementById("list"));
const isReading = () => pane.scrollTop > NEAR_TOP;

/** @param {Event} event */
const isOfList = (event) => /** @type {CustomEvent} */ (event).detail.elt?.id === "list";

function remember() {
  const top = pane.getBoundingClientRect().top;
  const bottom = pane.getBoundingClientRect().bottom;
  seen = [];
  if (isReading()) {
    for (let item = /** @type {Element | null} */ (firstBelow(top)); item; item = item.nextElementSibling) {
      const place = item.getBoundingClientRect();
      if (place.top >= bottom) break;
      const row = rowOf(item);
      if (row) seen.push({ id: row.id.replace("row-", ""), top: place.top });
    }
  }
  view = list().dataset.view ?? "";
  menuWasOpen = document.querySelector(".more-views")?.hasAttribute("open") ?? false;
}

/** Where the rows begin that nothing lies over: below the tabs, in one line or two. */
function measure() {
  const tabs = document.getElementById("tabs");
  if (tabs) pane.style.setProperty("--rows-from", `${parseFloat(getComputedStyle(tabs).top) + tabs.offsetHeight}px`);
}

/** Which conversation is open, in a list that stayed as it was. */
function markOpen() {
  const open = document.getElementById("work")?.dataset.conversation ?? "";
  const item = itemFor(open);
  const row = rowOf(item);
  for (const one of document.querySelectorAll("#rows > .is-current")) {
    if (one === item) continue;
    one.classList.remove("is-current");
    rowOf(one)?.removeAttribute("aria-current");
  }
  /** @type {HTMLInputElement} */ (document.getElementById("list-open")).value = open;
  row?.setAttribute("aria-current", "true");
  item?.classList.add("is-current");
  row?.classList.remove("is-unread");
  row?.querySelector(".unseen")?.remove();
  settleSoon();
}

function goBack() {
  if (list().dataset.view !== view) {
    pane.scrollTop = 0;
    return;
  }
  document.querySelector(".more-views")?.toggleAttribute("open", menuWasOpen);
  for (const { id, top } of seen) {
    const item = itemFor(id);
    if (!item) continue; // it has left the list: the next one keeps its place
    pane.scrollTop += item.getBoundingClientRect().top - top;
    return;
  }
}

document.body.addEventListener("htmx:configRequest", (event) => {
  const { parameters, headers, target } = /** @type {CustomEvent} */ (event).detail;
  // A conversation is opened or changed: the list comes with it.
  if (target?.id === "work") {
    headers["X-List-Rows"] = String(wanted());
    headers["X-List-View"] = encodeURIComponent(list().dataset.view ?? ""); // beyond MOST_ROWS of it, it stays
  }
  if (!isOfList(event)) return;
  const most = wanted();
  if (most > FIRST_PAGE) parameters.set("rows", String(most > MOST_ROWS ? 0 : most));
});

/** As many rows as are read, and as hold all that are selected. */
function wanted() {
  if (fromTop) {
    fromTop = false;
    return 0;
  }
  if (isReading()) return count();
  const picked = document.querySelectorAll("#rows > .is-picked");
  if (!picked.length) return 0;
  const deepest = [...(items() ?? [])].indexOf(picked[picked.length - 1]) + 1;
  return deepest + FIRST_PAGE; // whoever comes in above pushes it down
}

measure();
addEventListener("resize", measure);
document.body.addEventListener("htmx:oobAfterSwap", measure);
document.body.addEventListener("htmx:beforeSwap", remember);
document.body.addEventListener("htmx:afterSwap", (event) => {
  const { target } = /** @type {CustomEvent} */ (event).detail;
  if (target?.id === "work") markOpen();
  if (target?.id === "list" || target?.id === "work") {
    measure();
    goBack();
  }
  if (target?.matches("li.more")) settleSoon();
});

/** Whether another list than the one on the page was found, which stays as it is. @param {XMLHttpRequest} xhr */
function isNews(xhr) {
  const first = xhr.getResponseHeader("X-List-First");
  if (first === null) return false;
  return xhr.getResponseHeader("X-List-Changed") === "1" || rowOf(items()?.[0])?.id !== `row-${first}`;
}

document.body.addEventListener("htmx:afterRequest", (event) => {
  const { xhr, target, requestConfig } = /** @type {CustomEvent} */ (event).detail;
  const stays = count() > MOST_ROWS;
  if (isOfList(event) && xhr.status === 200) changed.hidden = !isNews(xhr) && (changed.hidden || !stays);
  // What the agent did may have moved the conversation; a list that was brought with it shows that.
  else if (target?.id === "work" && requestConfig.verb === "post" && xhr.status < 400) changed.hidden = !stays;
});

changed.addEventListener("click", () => {
  changed.hidden = true;
  pane.scrollTop = 0;
  fromTop = true;
  document.body.dispatchEvent(new Event("refresh"));
});

/** From the search to what it found, up and down there, and back. @param {KeyboardEvent} event */
function walk(event) {
  const { key, target } = event;
  if (!["ArrowDown", "ArrowUp"].includes(key) || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const search = document.getElementById("search");
  const here = target instanceof Element ? target.closest("#rows > li") : null; // its box counts too
  if (target !== search && !rowOf(here)) return;
  const isDown = key === "ArrowDown";
  const beside = here ? here[isDown ? "nextElementSibling" : "previousElementSibling"] : isDown && items()?.[0];
  bring(beside || null);
  const to = beside ? rowOf(beside) : here && !isDown ? search : null;
  if (!to) return;
  event.preventDefault();
  to.focus();
  to.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", walk);

/** @param {EventTarget | null} target */
function closeMenuUnless(target) {
  const menu = document.querySelector(".more-views[open]");
  if (menu && !(target instanceof Node && menu.contains(target))) menu.removeAttribute("open");
}

document.addEventListener("click", ({ target }) => closeMenuUnless(target));
document.addEventListener("keydown", (event) => {
  const menu = document.querySelector(".more-views[open]");
  if (event.key !== "Escape" || !menu) return;
  menu.removeAttribute("open");
  menu.querySelector("summary")?.focus();
});
