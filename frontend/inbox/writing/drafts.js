// What is typed and not sent: kept by the desk within a second, with this browser's copy as a backup
// for a lost connection and an ended session. Of two tabs with different words, the agent chooses.
export {};

const PAUSE_MS = 700;
const NO_ANSWER_MS = 20_000; // a reply waits for its draft to be kept: not for ever
const agent = document.body.dataset.agent ?? "";

/**
 * `text` until the desk has it, `kept` from then on: a page may have been drawn before that.
 * @typedef {{text: string, base: string, kept?: undefined} | {kept: string}} Copy
 * @typedef {{version: string, kept: string, timer: ReturnType<typeof setTimeout> | undefined,
 *   saving: Promise<void> | null, isAsking: boolean}} State
 */
/** @type {WeakMap<HTMLTextAreaElement, State>} */
const states = new WeakMap();

/** @param {HTMLTextAreaElement} area */
const keyOf = (area) => `draft:${agent}:${area.dataset.draft}`;

/** @param {HTMLTextAreaElement} area */
function files(area) {
  const inputs = /** @type {NodeListOf<HTMLInputElement>} */ (area.form?.querySelectorAll("input[name=attachment]"));
  return [...inputs].map((input) => input.value);
}

/** @param {HTMLTextAreaElement} area */
const conversationOf = (area) => area.dataset.draft?.split("/")[0] ?? "";

/** The words and the files, to compare. @param {HTMLTextAreaElement} area */
const content = (area) => [area.value, ...files(area)].join("\0");

/** @param {HTMLTextAreaElement} area @returns {State} */
function stateOf(area) {
  let state = states.get(area);
  if (!state) {
    state = { version: area.dataset.version ?? "", kept: content(area), timer: undefined, saving: null, isAsking: false };
    states.set(area, state);
  }
  return state;
}

/** All composers on the page, those that have just come with their backups. */
function begin() {
  for (const area of /** @type {NodeListOf<HTMLTextAreaElement>} */ (document.querySelectorAll("textarea[data-draft]"))) {
    if (states.has(area)) continue;
    const state = stateOf(area);
    const copy = readCopy(area);
    if (copy?.kept !== undefined) {
      forgetCopy(area);
      if (copy.kept !== state.version) void follow(conversationOf(area));
    } else if (!copy || copy.text === area.value) {
      forgetCopy(area);
    } else if (copy.base === state.version || !area.value) {
      put(area, copy.text);
      later(area);
    } else ask(area, copy.text, () => put(area, copy.text));
  }
}

/** What the page itself puts there is told apart from what somebody types.
 * @param {HTMLTextAreaElement} area @param {string} text */
function put(area, text) {
  area.value = text;
  const box = area.closest("details");
  if (box && text) box.open = true;
  area.dispatchEvent(new CustomEvent("input", { bubbles: true }));
}

/** @param {HTMLTextAreaElement} area @returns {Copy | null} */
function readCopy(area) {
  try {
    return JSON.parse(localStorage.getItem(keyOf(area)) ?? "null");
  } catch {
    return null;
  }
}

/** @param {HTMLTextAreaElement} area @param {Copy} copy */
function writeCopy(area, copy) {
  localStorage.setItem(keyOf(area), JSON.stringify(copy));
}

/** @param {HTMLTextAreaElement} area */
function forgetCopy(area) {
  localStorage.removeItem(keyOf(area));
}

/** @param {HTMLTextAreaElement} area */
function later(area) {
  const state = stateOf(area);
  clearTimeout(state.timer);
  state.timer = setTimeout(() => void save(area), PAUSE_MS);
}

/** One after another: a save never overtakes the one before.
 * @param {HTMLTextAreaElement} area @returns {Promise<void>} */
function save(area) {
  const state = stateOf(area);
  clearTimeout(state.timer);
  if (state.saving) return state.saving.then(() => save(area));
  if (state.isAsking || content(area) === state.kept) return Promise.resolve();
  state.saving = send(area, state).finally(() => (state.saving = null));
  return state.saving;
}

/** @param {HTMLTextAreaElement} area @param {State} state */
async function send(area, state) {
  const sent = content(area);
  const started = /** @type {HTMLInputElement | null} */ (area.form?.querySelector("input[name=started]"));
  const body = new URLSearchParams({ kind: area.dataset.kind ?? "", text: area.value, base: state.version });
  if (started) body.set("started", started.value);
  for (const file of files(area)) body.append("attachment", file);
  try {
    const response = await fetch(area.dataset.draftTo ?? "", {
      method: "POST",
      body,
      headers: headers(),
      keepalive: body.toString().length < 60_000,
      signal: AbortSignal.timeout(NO_ANSWER_MS),
    });
    if (response.status === 401) return expired(area, response.headers.get("HX-Redirect"));
    const kept = await response.json();
    if (!response.ok) return;
    if (kept.is_other) return another(area, state, kept);
    state.version = kept.version;
    state.kept = sent;
    if (content(area) !== sent) later(area);
    else if (state.version) writeCopy(area, { kept: state.version });
    else forgetCopy(area);
  } catch {
    // No connection: the copy stays, and the next key or the connection's return tries again.
  }
}

/** The desk has other words by now. @param {HTMLTextAreaElement} area @param {State} state
 * @param {{version: string, text: string}} other */
function another(area, state, other) {
  if (!other.text) {
    // Sent or emptied in another tab; what is here is something new.
    state.version = "";
    later(area);
    return;
  }
  ask(area, other.text, () => {
    state.version = other.version;
    state.kept = other.text;
    put(area, other.text);
  }, () => {
    state.version = other.version;
    later(area);
  });
}

/** @param {HTMLTextAreaElement} area @param {string} words @param {() => void} use @param {() => void} [keep] */
function ask(area, words, use, keep = () => {}) {
  const state = stateOf(area);
  state.isAsking = true;
  const { otherWords = "", otherUse = "", otherKeep = "" } = area.dataset;
  const said = document.createElement("p");
  const quote = document.createElement("blockquote");
  said.textContent = otherWords;
  quote.textContent = words;
  quote.dir = "auto";
  /** @param {string} label @param {() => void} act */
  const choice = (label, act) => {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", textContent: label });
    button.onclick = () => {
      state.isAsking = false;
      note(area).replaceChildren();
      act();
      forgetCopy(area);
      area.focus();
    };
    return button;
  };
  const box = document.createElement("div");
  box.className = "notice other-draft";
  box.append(said, quote, choice(otherUse, use), choice(otherKeep, keep));
  note(area).replaceChildren(box);
}

/** @param {HTMLTextAreaElement} area @param {string | null} where */
function expired(area, where) {
  if (note(area).querySelector("a")) return; // said already
  const line = document.createElement("p");
  line.className = "notice";
  const link = document.createElement("a");
  link.href = where ?? location.href;
  link.textContent = area.dataset.signIn ?? "";
  line.append(`${area.dataset.expired} `, link);
  note(area).replaceChildren(line);
}

/** @param {HTMLTextAreaElement} area */
function note(area) {
  return /** @type {HTMLElement} */ (area.closest(".reply, .note-box")?.querySelector(".draft-note"));
}

function headers() {
  const own = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}");
  // As htmx would ask: an ended session is then an answer, not a page.
  return { ...own, "HX-Request": "true", "HX-Current-URL": location.href };
}

/** Another tab has written, or sent. @param {string} conversation */
async function follow(conversation) {
  for (const area of /** @type {NodeListOf<HTMLTextAreaElement>} */ (document.querySelectorAll("textarea[data-draft]"))) {
    const state = stateOf(area);
    if (!area.dataset.draft?.startsWith(conversation) || state.saving) continue;
    const response = await fetch(`${area.dataset.draftTo}?kind=${area.dataset.kind}`, { headers: headers() }).catch(() => null);
    if (!response?.ok || !area.isConnected) continue;
    const { version, text, problem } = await response.json();
    if (state.saving || version === state.version) continue;
    if (problem) {
      const line = document.createElement("p");
      Object.assign(line, { className: "notice", textContent: problem });
      note(area).replaceChildren(line);
    }
    if (content(area) !== state.kept && area.value && area.value !== text) {
      if (text) another(area, state, { version, text });
      continue;
    }
    state.version = version;
    if (area.value !== text) put(area, text);
    state.kept = content(area);
    forgetCopy(area);
  }
}

document.body.addEventListener("input", ({ target }) => {
  if (!(target instanceof HTMLTextAreaElement) || !target.dataset.draft) return;
  const state = stateOf(target);
  if (target.value) writeCopy(target, { text: target.value, base: state.version });
  else forgetCopy(target);
  later(target);
});

// Files come and go.
document.body.addEventListener("files-changed", ({ target }) => {
  const area = target instanceof Element ? target.closest("form")?.querySelector("textarea") : null;
  if (area?.dataset.draft) later(area);
});

document.body.addEventListener("submit", ({ target }) => {
  if (!(target instanceof Element) || !target.matches("[data-forget-drafts]")) return;
  for (const key of Object.keys(localStorage)) if (key.startsWith(`draft:${agent}:`)) localStorage.removeItem(key);
});

// What is on its way to be kept arrives before it is sent: afterwards it would be a draft again.
document.body.addEventListener("htmx:confirm", (event) => {
  const { elt, issueRequest } = /** @type {CustomEvent} */ (event).detail;
  const area = elt.querySelector?.("textarea[data-draft]");
  const state = area && stateOf(area);
  if (!state) return;
  clearTimeout(state.timer);
  if (!state.saving) return;
  event.preventDefault();
  state.saving.then(() => issueRequest());
});

// The same kept words, sent from two tabs at once, are one reply: the desk knows it by its key.
document.body.addEventListener("htmx:configRequest", (event) => {
  const { elt, parameters } = /** @type {CustomEvent} */ (event).detail;
  const area = elt.id === "reply-form" ? elt.querySelector("textarea[data-draft]") : null;
  const state = area && states.get(area);
  // (Another tab has the words of a draft, not its files.)
  if (state?.version && !files(area).length && content(area) === state.kept) parameters.set("key", state.version);
});

// An ended session never takes away the page on which something is being written.
document.body.addEventListener("htmx:beforeOnLoad", (event) => {
  const { xhr } = /** @type {CustomEvent} */ (event).detail;
  if (xhr.status !== 401) return;
  const areas = /** @type {NodeListOf<HTMLTextAreaElement>} */ (document.querySelectorAll("textarea[data-draft]"));
  const written = [...areas].filter((area) => area.value.trim());
  if (!written.length) return;
  event.preventDefault();
  for (const area of written) expired(area, xhr.getResponseHeader("HX-Redirect"));
});

/** The draft that was sent with a form, which may be out of the page by now: what is around it has others. @param {Event} event @returns {HTMLTextAreaElement | null} */
function sentFrom(event) {
  const { requestConfig } = /** @type {CustomEvent} */ (event).detail;
  return requestConfig.verb === "post" ? requestConfig.elt.querySelector?.("textarea[data-draft]") : null;
}

// Before the next composer is in the page, which would take the copy for words that nobody has sent.
document.body.addEventListener("htmx:beforeOnLoad", (event) => {
  const { status } = /** @type {CustomEvent} */ (event).detail.xhr;
  const area = status >= 200 && status < 400 ? sentFrom(event) : null;
  if (area) forgetCopy(area);
});

document.body.addEventListener("htmx:afterRequest", (event) => {
  const area = /** @type {CustomEvent} */ (event).detail.successful ? null : sentFrom(event);
  if (area) later(area);
});

document.body.addEventListener("htmx:afterSettle", begin);
document.body.addEventListener("htmx:sseMessage", (event) => {
  const found = /^draft-(.+)$/.exec(/** @type {CustomEvent} */ (event).detail.type);
  if (found) void follow(found[1]);
});

function saveAll() {
  for (const area of /** @type {NodeListOf<HTMLTextAreaElement>} */ (document.querySelectorAll("textarea[data-draft]"))) void save(area);
}
document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && saveAll());
addEventListener("pagehide", saveAll);
addEventListener("online", saveAll);
begin();
