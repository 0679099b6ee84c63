// window.Firstline: what a page may ask of its chat. Documented in docs/widget.md.

/** @typedef {import("./chat.js").Chat} Chat */

/** @type {Map<string, Record<string, Function>>} */
const byDesk = new Map();

/** @param {Chat} chat */
function methods(chat) {
  /** @type {Map<Function, (event: Event) => void>} */
  const heard = new Map();
  return {
    /** @param {{focus: boolean}} [how] */
    open: (how) => chat.show(true, how),
    close: () => chat.show(false),
    toggle: () => chat.show(!chat.view.isOpen),
    /** @param {import("./identity.js").Proof} proof */
    identify: (proof) => chat.identity.claim(proof),
    logout: () => chat.identity.logout(),
    /** @param {{url?: string, title?: string}} [page] */
    setPage: (page) => chat.setPage(page),
    /** @param {string} language */
    setLanguage: (language) => chat.setLanguage(language),
    /** @param {string} text */
    send: (text) => chat.dispatch({ type: "message", text: String(text) }),
    /** @param {string} name @param {(detail: any) => void} listener */
    on(name, listener) {
      const hear = (/** @type {Event} */ event) => listener(/** @type {CustomEvent} */ (event).detail);
      heard.set(listener, hear);
      chat.host.addEventListener(`firstline:${name}`, hear);
      if (name === "ready" && chat.site.isReady) listener({ desk: chat.desk });
    },
    /** @param {string} name @param {(detail: any) => void} listener */
    off(name, listener) {
      const hear = heard.get(listener);
      if (hear) chat.host.removeEventListener(`firstline:${name}`, hear);
    },
  };
}

/** The first chat of the page is Firstline itself; `Firstline.desk("it-help")` is another one's.
 * @param {Chat} chat */
export function publish(chat) {
  const global = /** @type {any} */ (window);
  const api = methods(chat);
  byDesk.set(chat.desk, api);
  if (chat.host.dataset.beside) return;
  const waiting = global.Firstline?.q ?? [];
  global.Firstline = { ...api, desk: (/** @type {string} */ id) => byDesk.get(id) };
  // What the page called before this script was there (see the two-line stub in the guide).
  for (const [name, ...values] of Array.from(waiting)) global.Firstline[name]?.(...values);
}
