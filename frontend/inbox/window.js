// The transcript on the screen is a window on it: pages beside it come by scrolling, by its links and
// by key, and what comes in live is added where the window is at the end.
export {};

const NEAR_END = 40; // pixels that still count as the end
const AHEAD = "400px 0px"; // a page is fetched before the reader gets there
const MOST = 200; // entries of a window that only grows; then the oldest go
const KEPT = 80;

/** @type {any} */
const htmx = /** @type {any} */ (window).htmx;
const body = document.body;
const narrow = matchMedia("(max-width: 1180px)");

/** Up to where the reader has seen the open conversation. */
let seen = { conversation: "", seq: 0 };
/** What was asked for, until it has the focus. */
let sought = "";
/** Puts back what was on the screen before news came. @type {() => void} */
let goBack = () => {};
/** @type {IntersectionObserver | undefined} */
let watcher;

const work = () => document.getElementById("work");
const box = () => /** @type {HTMLElement | null} */ (document.querySelector(".scroll"));
const shown = () => /** @type {HTMLElement[]} */ ([...document.querySelectorAll("#entries :is(.message, .note)")]);
const messages = () => /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("#entries .message"));

/** @param {HTMLElement | undefined} message */
const numberOf = (message) => Number(message?.id.slice(1) ?? 0);

/** @param {string} name */
function known(name) {
  return /** @type {HTMLInputElement | null} */ (document.querySelector(`#entries .cursor [name=${name}]`))?.value ?? "";
}

/** Whether the window's last entry is the conversation's. */
const isEnd = () => known("more") !== "later";

/** Whether the reader is at the end of the window (the box is reversed: see inbox.css). */
const isLow = () => (box()?.scrollTop ?? 0) > -NEAR_END;

/** Remembers what is on the screen. @returns {() => void} which puts it back */
function hold() {
  const pane = box();
  if (!pane) return () => {};
  if (isLow() && isEnd()) return () => pane.scrollTo({ top: 0 });
  const top = pane.getBoundingClientRect().top;
  const entry = shown().find((one) => one.getBoundingClientRect().bottom > top);
  const was = entry?.getBoundingClientRect().top ?? 0;
  return () => {
    if (entry?.isConnected) pane.scrollTop += entry.getBoundingClientRect().top - was;
  };
}

/** @param {HTMLElement} entry @param {ScrollLogicalPosition} block */
function focusOn(entry, block) {
  entry.tabIndex = -1;
  entry.scrollIntoView({ block });
  entry.focus({ preventScroll: true });
}

/** The message or note that the address, a hit or a link names. */
function goToSought() {
  const entry = document.getElementById(sought);
  if (!entry) return;
  document.querySelector(".is-sought")?.classList.remove("is-sought");
  entry.classList.add("is-sought");
  focusOn(entry, "center");
}

function refresh() {
  body.dispatchEvent(new Event("refresh"));
}

/** After a long gap the news were a page of many: the window is not at the end any more. */
function leaveEnd() {
  const line = document.querySelector("#entries [data-more=later]");
  line?.before(...document.querySelectorAll("#entries .live > *"));
  line?.removeAttribute("hidden");
}

/** @param {string} words */
function announce(words) {
  const line = document.getElementById("announcer");
  if (line) line.textContent = words;
}

/** The page beside the window, in place of the line that offers it.
 * @param {HTMLElement} line @param {boolean} byHand: the focus goes to what has come */
async function loadBeside(line, byHand) {
  if (byHand) line.dataset.asked = "1";
  const id = work()?.dataset.conversation;
  const window_ = document.getElementById("entries");
  if (!id || !window_ || line.getAttribute("aria-busy")) return;
  const isEarlier = line.dataset.more === "earlier";
  const before = shown();
  const query = isEarlier ? `before=${numberOf(messages()[0])}` : `after=${known("after")}&changes=${known("changes")}&window=${window_.dataset.window}`;
  line.setAttribute("aria-busy", "true");
  const back = hold();
  try {
    await htmx.ajax("GET", `/inbox/conversations/${id}/entries?${query}`, { source: line, target: line, swap: "outerHTML" });
  } catch {
    // The page says that the network is gone; the line is there to be pressed again.
  }
  line.removeAttribute("aria-busy");
  if (line.isConnected) return;
  back();
  const after = shown();
  if (line.dataset.asked && after.length > before.length) {
    announce(`${window_.dataset.loaded} ${after.length - before.length}`);
    const beside = isEarlier ? after[after.indexOf(before[0]) - 1] : after[before.length];
    if (beside) focusOn(beside, "nearest");
  }
  settle();
}

/** Another window of the same conversation in place of this one. @param {string} query */
async function move(query) {
  const id = work()?.dataset.conversation;
  await htmx.ajax("GET", `/inbox/conversations/${id}/entries${query}`, { source: "#work", target: "#entries", swap: "outerHTML" });
}

async function goToEnd() {
  if (!isEnd()) await move("");
  if (!isEnd()) return; // it did not come
  box()?.scrollTo({ top: 0 });
  settle();
}

/** The oldest entries go while the reader is at the end; they come back as earlier pages do. */
function trim() {
  const all = shown();
  if (all.length <= MOST || !isEnd() || !isLow()) return;
  let cut = all.length - KEPT;
  // A note belongs to the message before it. However many they are: a window that is cut to less than a
  // screen would fetch what was cut at once.
  while (cut > 0 && !all[cut].matches(".message")) cut--;
  const gone = all.slice(0, cut);
  const chosen = getSelection();
  const isUsed = (/** @type {HTMLElement} */ one) => one.contains(document.activeElement) || (chosen && !chosen.isCollapsed && chosen.containsNode(one, true));
  if (!cut || gone.some(isUsed)) return;
  for (const entry of gone) htmx.remove(entry);
  document.querySelector("#entries [data-more=earlier]")?.removeAttribute("hidden");
}

/** What the way back to the end says, and whether it is there. */
function showWay() {
  const way = document.getElementById("to-newest");
  const pane = box();
  if (!way || !pane) return;
  const newest = Math.max(Number(known("newest")), Number(known("after")));
  const conversation = work()?.dataset.conversation ?? "";
  if (seen.conversation !== conversation) seen = { conversation, seq: newest };
  const isThere = isEnd() && isLow();
  if (isThere) seen.seq = newest;
  const count = newest - seen.seq;
  way.textContent = count > 0 ? `${way.dataset.new} ${count}` : (way.dataset.newest ?? "");
  way.classList.toggle("is-news", count > 0);
  way.hidden = isThere || (isEnd() && count <= 0 && -pane.scrollTop < pane.clientHeight);
}

function settle() {
  const pane = box();
  watcher?.disconnect();
  if (!pane) return;
  watcher = new IntersectionObserver(
    (found) => {
      for (const { isIntersecting, target } of found) {
        if (isIntersecting) loadBeside(/** @type {HTMLElement} */ (target), false);
      }
    },
    { root: pane, rootMargin: AHEAD },
  );
  for (const line of document.querySelectorAll("#entries [data-more]")) watcher.observe(line);
  showWay();
}

/** A window that has just been put in place. */
function arrive() {
  sought = document.getElementById("entries")?.dataset.sought ?? "";
  goToSought();
}

body.addEventListener("click", async (event) => {
  const target = event.target instanceof Element ? event.target : null;
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button > 0) return;
  const link = /** @type {HTMLAnchorElement | null | undefined} */ (target?.closest("[data-message], #to-newest, [data-more] a"));
  if (!link || !document.getElementById("entries")) return;
  event.preventDefault();
  const line = /** @type {HTMLElement | null} */ (link.closest("[data-more]"));
  if (line) return loadBeside(line, true);
  if (link.id === "to-newest") {
    await goToEnd();
    const last = shown().at(-1);
    if (last) focusOn(last, "nearest");
    return;
  }
  const { message } = link.dataset;
  // On a narrow screen the card lies over what it leads to.
  if (narrow.matches) document.getElementById("evidence")?.removeAttribute("open");
  sought = `m${message}`;
  if (document.getElementById(sought)) goToSought();
  else await move(`?from=${message}`);
});

/** @param {string} name @param {(detail: any) => void} react */
function onHtmx(name, react) {
  body.addEventListener(`htmx:${name}`, (event) => react(/** @type {CustomEvent} */ (event).detail));
}

onHtmx("configRequest", ({ elt, parameters }) => {
  if (elt.matches(".live")) parameters.set("first", String(numberOf(messages()[0])));
});

onHtmx("beforeSwap", (detail) => {
  const { target } = detail;
  // It goes, and would take the focus with it.
  if (target?.matches("[data-more]") && target.contains(document.activeElement)) target.dataset.asked = "1";
  if (!target?.matches(".live")) return;
  goBack = hold();
  if (String(detail.requestConfig.parameters.after) === known("after")) return;
  // A later page was faster, and these news are of the window before it.
  detail.shouldSwap = false;
  setTimeout(refresh);
});

onHtmx("afterSwap", ({ elt }) => {
  if (elt.id === "work" || elt.id === "entries") arrive();
});

onHtmx("afterSettle", ({ elt }) => {
  if (elt.id === "work" || elt.id === "entries") {
    if (sought) goToSought(); // after the page's own choice of what has the focus
    sought = "";
    settle();
  }
  // A hint that came while the window changed reached one that is gone now.
  if (elt.id === "entries") refresh();
  // What was just written comes in at the end.
  if (elt.matches(".reply, .note-box")) goToEnd();
});

onHtmx("afterRequest", ({ elt }) => {
  if (!elt.matches(".live")) return;
  goBack();
  goBack = () => {};
  if (!isEnd()) leaveEnd();
  trim();
  showWay();
});

let isWaiting = false;
document.addEventListener(
  "scroll",
  ({ target }) => {
    if (isWaiting || target !== box()) return;
    isWaiting = true;
    requestAnimationFrame(() => {
      isWaiting = false;
      showWay();
    });
  },
  { capture: true, passive: true },
);

arrive();
sought = "";
settle();
