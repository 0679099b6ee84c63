// Elements that are gone stop listening to the live stream. htmx's extension notices only when their
// event comes, which for a closed conversation may be never: all that was ever open would stay in memory.
export {};

/** @typedef {{ source: EventSource, name: string, listener: EventListener, element: Element }} Ear */

/** @type {any} */
const htmx = /** @type {any} */ (window).htmx;
/** @type {Ear[]} */
let ears = [];
/** Which element htmx is looking at, while it does. @type {Element | null} */
let looked = null;

document.body.addEventListener("htmx:afterProcessNode", ({ target }) => {
  looked = target instanceof Element ? target : null;
  queueMicrotask(() => (looked = null)); // who listens anew after a reconnection is not looked at
});

htmx.createEventSource = (/** @type {string} */ url) => {
  const source = new EventSource(url, { withCredentials: true });
  const add = source.addEventListener.bind(source);
  source.addEventListener = (/** @type {string} */ name, /** @type {any} */ listener) => {
    if (looked) ears.push({ source, name, listener, element: looked });
    add(name, listener);
  };
  return source;
};

document.body.addEventListener("htmx:afterSettle", () => {
  ears = ears.filter(({ source, name, listener, element }) => {
    if (element.isConnected) return true;
    source.removeEventListener(name, listener);
    return false;
  });
});
