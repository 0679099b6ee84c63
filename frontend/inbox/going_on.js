// Answers whose place in the page is gone by the time they come: the agent has gone on, or the news were
// quicker. What was asked for last stays, and a refusal is said all the same.
export {};

const WORK = "work";

/** The page that was asked for goes where the work area is by now: htmx would put it where that was, to no
 * effect, and the list beside it would change alone. @param {any} detail */
function findPlaceAgain(detail) {
  const { requestConfig, target } = detail;
  const isLost = target?.id === WORK && !target.isConnected;
  if (isLost && requestConfig.verb === "get") detail.target = document.getElementById(WORK) ?? target;
}

/** No answer, or none of the desk's. Of what has acted and is gone nobody else hears it (inbox.js).
 * @param {Event} event */
function tellAllTheSame(event) {
  const { elt } = /** @type {CustomEvent} */ (event).detail;
  if (!elt.isConnected && elt.matches("[data-acts]")) document.body.dispatchEvent(new Event("unanswered"));
}

/** The news may have replaced meanwhile what acted. htmx would look for the refusal's place within that,
 * find none, and say nothing. @param {Event} event */
function refuseAllTheSame(event) {
  const { xhr, elt } = /** @type {CustomEvent} */ (event).detail;
  const name = elt.isConnected ? null : xhr.getResponseHeader("HX-Retarget");
  const place = name && document.querySelector(name);
  if (!place) return tellAllTheSame(event);
  event.preventDefault();
  /** @type {any} */ (window).htmx.swap(place, xhr.responseText, { swapStyle: "innerHTML" });
}

/** What an act has made of a conversation that is not open any more is news for the lists alone.
 * @param {Event} event */
function keepFromComingBack(event) {
  const { target } = /** @type {CustomEvent} */ (event).detail;
  if (target?.id !== WORK || target.isConnected) return;
  event.preventDefault();
  document.body.dispatchEvent(new Event("refresh"));
}

/** @param {Event} event */
function answered(event) {
  const { xhr } = /** @type {CustomEvent} */ (event).detail;
  if (xhr.status < 400) keepFromComingBack(event);
  else refuseAllTheSame(event);
}

/** The news may replace the link meanwhile, and htmx forgets of what is gone that it led to a page: the
 * address would stay behind, and with it Back and Reload. What the link itself says it still reads.
 * @param {any} detail */
function keepTheAddress({ elt, boosted }) {
  if (boosted && elt.matches("a")) elt.setAttribute("hx-push-url", "true");
}

/** What has not come by the time at which the conversation is left is not read. */
function stopReading() {
  const { htmx } = /** @type {any} */ (window);
  for (const one of document.querySelectorAll(`#${WORK} [data-news]`)) htmx.trigger(one, "htmx:abort");
}

document.body.addEventListener("htmx:beforeSwap", (event) => {
  const { target, shouldSwap } = /** @type {CustomEvent} */ (event).detail;
  if (target?.id === WORK && shouldSwap) stopReading();
});

document.body.addEventListener("htmx:beforeSend", (event) => {
  const { detail } = /** @type {CustomEvent} */ (event);
  keepTheAddress(detail);
  // Before htmx's own handler, which reads the target first of all.
  detail.xhr.addEventListener("readystatechange", () => {
    if (detail.xhr.readyState === XMLHttpRequest.DONE) findPlaceAgain(detail);
  });
  // It tells of this what has asked, and nobody else once that is gone.
  detail.elt.addEventListener("htmx:beforeOnLoad", answered);
  for (const name of ["sendError", "timeout"]) detail.elt.addEventListener(`htmx:${name}`, tellAllTheSame);
});
