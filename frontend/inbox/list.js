// The list stays where the agent reads when it is brought again, however far that is down.
export {};

const FIRST_PAGE = 60;
const MOST_ROWS = 300; // that the server brings again (bot/inbox/lists.py)
const NEAR_TOP = 80;

const pane = /** @type {HTMLElement} */ (document.querySelector(".list-pane"));
const changed = /** @type {HTMLButtonElement} */ (document.getElementById("list-changed"));

/** Rows on the screen, and how far from the pane's top. @type {{ id: string, top: number }[]} */
let seen = [];
let view = "";
let menuWasOpen = false;

const list = () => /** @type {HTMLElement} */ (document.getElementById("list"));
const rows = () => /** @type {HTMLElement[]} */ ([...document.querySelectorAll("#rows .row")]);
const isReading = () => pane.scrollTop > NEAR_TOP;

/** @param {Event} event */
const isOfList = (event) => /** @type {CustomEvent} */ (event).detail.elt?.id === "list";

function remember() {
  const top = pane.getBoundingClientRect().top;
  const bottom = pane.getBoundingClientRect().bottom;
  seen = [];
  if (isReading()) {
    for (const row of rows()) {
      const place = row.getBoundingClientRect();
      if (place.bottom > top && place.top < bottom) seen.push({ id: row.id, top: place.top });
    }
  }
  view = list().dataset.view ?? "";
  menuWasOpen = document.querySelector(".more-views")?.hasAttribute("open") ?? false;
}

function goBack() {
  if (list().dataset.view !== view) {
    pane.scrollTop = 0;
    return;
  }
  document.querySelector(".more-views")?.toggleAttribute("open", menuWasOpen);
  for (const { id, top } of seen) {
    const row = document.getElementById(id);
    if (!row) continue; // it has left the list: the next one keeps its place
    pane.scrollTop += row.getBoundingClientRect().top - top;
    return;
  }
}

document.body.addEventListener("htmx:configRequest", (event) => {
  if (!isOfList(event)) return;
  const { parameters } = /** @type {CustomEvent} */ (event).detail;
  const count = rows().length;
  if (isReading() && count > FIRST_PAGE) parameters.set("rows", String(count > MOST_ROWS ? 0 : count));
});

document.body.addEventListener("htmx:beforeSwap", remember);
document.body.addEventListener("htmx:afterSwap", (event) => {
  const { target } = /** @type {CustomEvent} */ (event).detail;
  if (target?.id === "list" || target?.id === "work") goBack();
});

document.body.addEventListener("htmx:afterRequest", (event) => {
  if (!isOfList(event)) return;
  const { xhr } = /** @type {CustomEvent} */ (event).detail;
  changed.hidden = !(xhr.status === 200 && xhr.getResponseHeader("HX-Reswap") === "none");
});

changed.addEventListener("click", () => {
  changed.hidden = true;
  pane.scrollTop = 0;
  document.body.dispatchEvent(new Event("refresh"));
});

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
