// The keys of the inbox: the page's own table (bot/inbox/keys.py) says which press what.
export {};

const TOGETHER_MS = 1500;
const OFF = "keys:off"; // in this browser

/** The first stroke of two, such as the g of “g q”. */
let before = "";
/** @type {ReturnType<typeof setTimeout> | undefined} */
let waiting;

const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("keys"));
const opener = /** @type {HTMLButtonElement} */ (document.getElementById("keys-open"));
const single = /** @type {HTMLInputElement} */ (document.getElementById("keys-single"));

/** By what is pressed: the selector of what it is for. @type {Map<string, string>} */
const targets = new Map();
for (const row of /** @type {NodeListOf<HTMLElement>} */ (dialog.querySelectorAll("[data-press]"))) {
  if (row.dataset.target) targets.set(row.dataset.press ?? "", row.dataset.target);
}

opener.hidden = false;
opener.addEventListener("click", () => dialog.showModal());
dialog.addEventListener("click", ({ target }) => {
  if (target === dialog) dialog.close(); // beside it
});
single.checked = localStorage.getItem(OFF) === null;
single.addEventListener("change", () => {
  if (single.checked) localStorage.removeItem(OFF);
  else localStorage.setItem(OFF, "1");
});

/** @param {EventTarget | null} place */
function takesLetters(place) {
  return place instanceof Element && place.matches("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=button])");
}

/** @param {string} selector */
function goTo(selector) {
  const all = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(selector));
  // What is in a closed menu is pressed in it.
  const isThere = (/** @type {HTMLElement} */ one) => one.checkVisibility() || one.closest("details[data-menu]");
  const found = [...all].find((one) => isThere(one) && !one.matches(":disabled"));
  if (!found) return false;
  if (takesLetters(found) || found.matches("[data-go]")) {
    const folded = found.matches("summary") ? found.parentElement : null;
    folded?.setAttribute("open", "");
    found.focus();
    found.scrollIntoView({ block: "nearest" });
  } else {
    if (found.matches(".row")) found.scrollIntoView({ block: "nearest" });
    found.click();
  }
  if (found.matches("summary")) found.parentElement?.querySelector("textarea")?.focus();
  return true;
}

/** Out of a field, to where single letters work. What Escape dismissed was dismissed first.
 * @param {KeyboardEvent} event */
function leave(event) {
  const { target, key, isComposing } = event;
  if (key !== "Escape" || isComposing || event.defaultPrevented || document.querySelector("dialog[open]")) return;
  if (!(target instanceof HTMLElement) || !takesLetters(target)) return;
  // In a search field the first one empties it.
  if (target instanceof HTMLInputElement && target.type === "search" && target.value) return;
  const title = target.closest("#work") ? document.getElementById("customer") : null;
  if (title) title.focus();
  else target.blur();
}

document.addEventListener("keydown", leave);
document.addEventListener("keydown", (event) => {
  const { key, target, ctrlKey, metaKey, altKey, isComposing } = event;
  if (isComposing || ctrlKey || metaKey || altKey || event.defaultPrevented) return;
  if (takesLetters(target) || key.length > 1 || document.querySelector("dialog[open]")) return;
  // “?” opens the table also for whoever has switched the letters off in it.
  if (!single.checked && key !== "?") return;
  const pressed = before ? `${before} ${key}` : key;
  before = "";
  clearTimeout(waiting);
  const selector = targets.get(pressed);
  if (selector !== undefined) {
    if (goTo(selector)) event.preventDefault();
    return;
  }
  if (![...targets.keys()].some((known) => known.startsWith(`${key} `))) return;
  before = key;
  waiting = setTimeout(() => (before = ""), TOGETHER_MS);
});
