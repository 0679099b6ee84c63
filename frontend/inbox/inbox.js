// What htmx and the server cannot do: times in the agent's zone, sending by key, announcements.

const narrow = matchMedia("(max-width: 1180px)");
const touch = matchMedia("(pointer: coarse)");
const body = document.body;
/** @type {Record<string, number>} */
const arrivals = { queued: 0, message: 0, assigned: 0, woken: 0, mention: 0, due: 0 };

/** @param {string} id @returns {HTMLElement} */
function byId(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/** Everything visible is fetched anew: hints may have been lost. */
function refresh() {
  body.dispatchEvent(new Event("refresh"));
}

/** Times in the agent's own zone, short for today. @param {ParentNode} where */
function setClocks(where) {
  const page = document.documentElement.lang;
  const language = navigator.language.startsWith(page) ? navigator.language : page;
  const today = new Date().toDateString();
  for (const time of where.querySelectorAll("time[data-clock]")) {
    const at = new Date(/** @type {HTMLTimeElement} */ (time).dateTime);
    const isToday = at.toDateString() === today;
    /** @type {Intl.DateTimeFormatOptions} */
    const shown = { hour: "2-digit", minute: "2-digit" };
    if (!isToday) Object.assign(shown, { day: "numeric", month: "short" });
    time.textContent = at.toLocaleString(language, shown);
    /** @type {HTMLElement} */ (time).title = at.toLocaleString(language);
    time.removeAttribute("data-clock");
  }
}

/** Says what has come since the list was last looked at. */
function announceArrivals() {
  const found = document.getElementById("arrivals");
  if (!found) return;
  for (const kind of Object.keys(arrivals)) {
    const at = Number(found.dataset[kind]);
    if (arrivals[kind] && at > arrivals[kind]) {
      byId("announcer").textContent = found.dataset[`${kind}Words`] ?? "";
    }
    arrivals[kind] = Math.max(at, arrivals[kind], 1);
  }
}

/** @param {string} words */
function showAlert(words) {
  const message = document.createElement("p");
  message.textContent = words;
  const close = document.createElement("button");
  Object.assign(close, { type: "button", className: "link", textContent: "✕" });
  close.dataset.dismiss = "";
  close.setAttribute("aria-label", body.dataset.dismissLabel ?? "");
  byId("alert").replaceChildren(message, close);
}

/** @param {boolean} lost */
function showConnection(lost) {
  const line = byId("offline");
  if (line.hidden !== lost) return;
  line.hidden = !lost;
  line.textContent = lost ? (line.dataset.words ?? "") : "";
}

/** A conversation that has just been put in place: the card folds away where there is no room. */
function arrange() {
  const card = /** @type {HTMLDetailsElement | null} */ (document.getElementById("evidence"));
  if (card) card.open = !narrow.matches;
}

body.addEventListener("keydown", (event) => {
  const area = event.target;
  if (event.key === "Escape" && byId("alert").firstElementChild) {
    byId("alert").replaceChildren();
    event.preventDefault(); // it did what it was for
  }
  if (!(area instanceof HTMLTextAreaElement) || event.key !== "Enter" || event.isComposing || event.defaultPrevented) return;
  const sends = event.ctrlKey || event.metaKey || !(event.shiftKey || event.altKey || touch.matches);
  if (!sends) return;
  event.preventDefault();
  area.form?.requestSubmit();
});

body.addEventListener("click", ({ target }) => {
  if (!(target instanceof Element)) return;
  if (target.closest("[data-dismiss]")) byId("alert").replaceChildren();
});

// ---------------------------------------------------------------- what htmx tells
/** @param {string} name @param {(detail: any) => void} react */
function onHtmx(name, react) {
  body.addEventListener(`htmx:${name}`, (event) => react(/** @type {CustomEvent} */ (event).detail));
}

onHtmx("configRequest", (detail) => {
  const reads = detail.elt.matches("[data-news]") && document.visibilityState === "visible";
  if (reads) detail.parameters.set("visible", "1");
});

onHtmx("beforeRequest", (detail) => {
  if (detail.elt.matches("[data-acts]")) byId("alert").replaceChildren();
});

onHtmx("beforeSwap", (detail) => {
  const { xhr, requestConfig } = detail;
  if (xhr.status < 400) return;
  // A refusal says itself where it belongs; anything else must not replace what is on the page.
  detail.shouldSwap = xhr.getResponseHeader("HX-Retarget") !== null;
  if (!detail.shouldSwap && requestConfig.elt.matches("[data-acts]")) showAlert(body.dataset.noAnswer ?? "");
});

onHtmx("afterRequest", (detail) => {
  if (detail.successful) showConnection(false);
  const area = detail.elt.matches("[data-acts]") ? detail.elt.querySelector("textarea") : null;
  if (!detail.successful && area) setTimeout(() => area.focus());
});

body.addEventListener("unanswered", () => showAlert(body.dataset.noAnswer ?? "")); // of going_on.js

// A line that has fallen silent takes a request and never answers (the page's `timeout`).
for (const name of ["sendError", "timeout"]) {
  onHtmx(name, (detail) => {
    if (detail.elt.matches("[data-acts]")) showAlert(body.dataset.noAnswer ?? "");
    showConnection(true);
  });
}

// Everywhere: news bring the head and the card too, and name their own place only.
onHtmx("afterSwap", () => setClocks(document));

// The agent has gone elsewhere since the desk wrote down where they are.
document.addEventListener("submit", ({ target }) => {
  const back = /** @type {HTMLFormElement} */ (target).querySelector("[name=back]");
  if (back instanceof HTMLInputElement) back.value = location.pathname + location.search;
});

onHtmx("afterSettle", (detail) => {
  announceArrivals();
  if (detail.elt.id === "work") {
    arrange();
    // A hint that came while the page changed reached elements that are gone now.
    refresh();
    // Keyboard and screen reader go on where the eye does: whoever has claimed it writes, others read.
    const isClaimed = detail.requestConfig?.path?.endsWith("/claim");
    const composer = isClaimed ? document.getElementById("reply-text") : null;
    if (!(document.activeElement instanceof HTMLTextAreaElement)) (composer ?? byId("customer"))?.focus();
  }
  if (detail.elt.matches(".reply, .note-box")) {
    // Unless they have gone on meanwhile.
    const active = document.activeElement;
    if (!active || active === body || detail.elt.contains(active)) detail.elt.querySelector("textarea")?.focus();
  }
});

let opened = false;
onHtmx("sseOpen", () => {
  showConnection(false);
  if (opened) refresh();
  opened = true;
});
onHtmx("sseError", () => showConnection(true));

// After sleep, or in a network that has fallen silent, a stream may stay open for ever and carry nothing.
const SILENT_MS = 40_000; // more than two heartbeats of bot/inbox/live.py
/** @type {EventSource | undefined} */
let stream;
let heardAt = Date.now();

const itSpoke = () => {
  heardAt = Date.now();
};

const live = /** @type {any} */ (window).htmx;
const openStream = live.createEventSource; // stream.js has its own, which forgets what is gone
live.createEventSource = (/** @type {string} */ url) => {
  itSpoke();
  const opening = /** @type {EventSource} */ (openStream(url));
  opening.addEventListener("here", itSpoke);
  opening.addEventListener("error", itSpoke); // it tries again by itself
  stream = opening;
  return opening;
};

function checkStream() {
  if (!stream || stream.readyState === EventSource.CLOSED || Date.now() - heardAt < SILENT_MS) return;
  itSpoke();
  stream.close();
  stream.onerror?.(new Event("error")); // htmx opens another one
}

function comeBack() {
  checkStream();
  refresh();
}

setInterval(checkStream, 5000);
addEventListener("focus", comeBack);
addEventListener("online", comeBack);
document.addEventListener("resume", comeBack);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") comeBack();
});

setClocks(document);
announceArrivals();
arrange();
// As after a conversation was put in place; who loads anew what they write in goes on writing.
// (What an address names in the transcript has the focus: see window.js.)
if (!location.hash && !document.querySelector("[data-sought]")) {
  (document.getElementById("reply-text") ?? document.getElementById("customer"))?.focus();
}
