// A reply or a note stands beneath the others at once, and says that it is on its way. What the desk
// has made of it takes its place, or its words are back in their form: until then they only look as
// if they had left.
export {};

/** @typedef {{ shown: HTMLElement, kind: string, last: string, isTaken: boolean, isAsked: boolean }} OnItsWay */

/** @type {Set<OnItsWay>} */
const onTheirWay = new Set();

/** The newest of this kind that the desk has told of. @param {string} kind */
const lastOf = (kind) => [...document.querySelectorAll(`#entries ${kind}`)].at(-1)?.id ?? "";

/** @param {HTMLFormElement} form @param {boolean} isNote */
function drawn(form, isNote) {
  const words = form.querySelector("textarea")?.value.trim();
  const files = [...form.querySelectorAll(".chosen bdi")].map((name) => name.textContent);
  const made = document.createElement("div");
  made.className = isNote ? "sending note" : "sending by-agent";
  const state = document.createElement("p");
  state.className = "by";
  state.textContent = form.dataset.sending ?? "";
  const bubble = document.createElement("div");
  if (!isNote) bubble.className = "bubble";
  for (const said of [words, ...files]) {
    if (!said) continue;
    const line = document.createElement("p");
    line.className = "words";
    line.dir = "auto";
    line.textContent = said;
    bubble.append(line);
  }
  made.append(state, bubble);
  return made;
}

/** @param {(one: OnItsWay) => boolean} isOver */
function takeAway(isOver) {
  for (const one of onTheirWay) {
    if (one.shown.isConnected && !isOver(one)) continue;
    one.shown.remove();
    onTheirWay.delete(one);
  }
}

document.body.addEventListener("htmx:beforeSend", (event) => {
  const { xhr, elt } = /** @type {CustomEvent} */ (event).detail;
  if (elt.matches("[data-news]")) for (const one of onTheirWay) one.isAsked = one.isTaken;
  if (!elt.matches("form[data-sending]")) return;
  const isNote = elt.id !== "reply-form";
  const kind = isNote ? "article.note" : "article.by-agent";
  const one = { shown: drawn(elt, isNote), kind, last: lastOf(kind), isTaken: false, isAsked: false };
  onTheirWay.add(one);
  document.querySelector("#entries > .live")?.after(one.shown);
  one.shown.scrollIntoView({ block: "nearest" });
  elt.classList.add("is-sending");
  // The request itself: the form may be gone by then.
  xhr.addEventListener("loadend", () => {
    elt.classList.remove("is-sending");
    one.isTaken = xhr.status >= 200 && xhr.status < 300;
    takeAway((other) => other === one && !one.isTaken);
  });
});

// News may tell of it before its own answer has come. They also tell of what is held.
document.body.addEventListener("htmx:afterSwap", (event) => {
  const { target } = /** @type {CustomEvent} */ (event).detail;
  if (target?.matches(".live")) takeAway(({ kind, last }) => lastOf(kind) !== last);
});

document.body.addEventListener("htmx:afterRequest", (event) => {
  const { elt } = /** @type {CustomEvent} */ (event).detail;
  if (elt.matches("[data-news]")) takeAway(({ isAsked }) => isAsked);
});
