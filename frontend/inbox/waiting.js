// What the agent asked for and has not got: slow is said and shown where it will come, and what never
// came is said with a way to try again. What the page asks by itself stays quiet (see #offline).
export {};

const SLOW_MS = 600; // quicker ones only flicker
const LONG_MS = 8_000;
const BY_HAND = ["click", "submit", "input", "change", "keydown", "keyup", "toggle"];

const line = /** @type {HTMLElement} */ (document.getElementById("waiting"));
const alertBox = /** @type {HTMLElement} */ (document.getElementById("alert"));

/** What is on its way, oldest first, and what is said of it. @type {Map<XMLHttpRequest, string>} */
const open = new Map();

/** @param {HTMLElement} elt @param {any} config */
function isAsked(elt, config) {
  if (elt.id === "work" || elt.dataset.asked) return true; // by a link of the transcript: see window.js
  return !elt.matches("[data-more]") && BY_HAND.includes(config.triggeringEvent?.type);
}

/** @param {HTMLElement} elt @param {Element | null} target */
function wordsFor(elt, target) {
  const { acting, searching, opening, loading } = line.dataset;
  if (elt.matches("[data-acts]")) return acting ?? "";
  if (elt.matches("[role=search]")) return searching ?? "";
  return (target?.id === "work" ? opening : loading) ?? "";
}

function say() {
  const words = [...open.values()].filter(Boolean).at(-1) ?? "";
  if (line.textContent !== words) line.textContent = words;
}

/** @param {Element | null} target @param {boolean} isBusy */
function mark(target, isBusy) {
  const there = target?.id ? document.getElementById(target.id) : target;
  if (isBusy) there?.setAttribute("aria-busy", "true");
  else there?.removeAttribute("aria-busy");
}

/** @param {HTMLElement} elt: it may have been replaced meanwhile */
function tryAgain(elt) {
  const there = (elt.isConnected ? elt : document.getElementById(elt.id)) ?? elt;
  alertBox.replaceChildren();
  if (there instanceof HTMLFormElement) there.requestSubmit();
  else if (there.isConnected) there.click();
  else if (there instanceof HTMLAnchorElement) location.assign(there.href);
}

/** @param {HTMLElement} elt */
function tellFailure(elt) {
  const words = document.createElement("p");
  words.textContent = line.dataset.failed ?? "";
  words.dataset.unanswered = "";
  alertBox.replaceChildren(words);
  if (elt.matches("a, form")) {
    const again = document.createElement("button");
    Object.assign(again, { type: "button", textContent: line.dataset.again });
    again.addEventListener("click", () => tryAgain(elt));
    alertBox.append(again);
  }
  const close = document.createElement("button");
  Object.assign(close, { type: "button", className: "link", textContent: "✕" });
  close.dataset.dismiss = "";
  close.setAttribute("aria-label", document.body.dataset.dismissLabel ?? "");
  alertBox.append(close);
}

document.body.addEventListener("htmx:beforeSend", (event) => {
  const { xhr, elt, target, requestConfig } = /** @type {CustomEvent} */ (event).detail;
  if (!isAsked(elt, requestConfig)) return;
  if (alertBox.querySelector("[data-unanswered]")) alertBox.replaceChildren();
  open.set(xhr, "");
  const slow = setTimeout(() => {
    open.set(xhr, wordsFor(elt, target));
    mark(target, true);
    say();
  }, SLOW_MS);
  const long = setTimeout(() => {
    open.set(xhr, line.dataset.long ?? "");
    say();
  }, LONG_MS);
  let isGivenUp = false; // for another one that was asked for later
  xhr.addEventListener("abort", () => {
    isGivenUp = true;
  });
  // The request itself: what it came from may be gone by then, and its events reach nobody.
  xhr.addEventListener("loadend", () => {
    clearTimeout(slow);
    clearTimeout(long);
    open.delete(xhr);
    mark(target, false);
    say();
    const isAnswered = xhr.status > 0 && (xhr.status < 400 || xhr.getResponseHeader("HX-Retarget") !== null);
    if (!isAnswered && !isGivenUp && !elt.matches("[data-acts]")) tellFailure(elt);
  });
});
