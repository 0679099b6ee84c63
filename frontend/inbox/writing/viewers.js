// Colleagues see that this page is on a screen, and that somebody writes in it.
export {};

const EVERY_MS = 20_000;
const WRITES_EVERY_MS = 4_000;

let where = "";
let wroteAt = 0;

function conversation() {
  const work = document.getElementById("work");
  return work?.dataset.conversation ? `/inbox/conversations/${work.dataset.conversation}/here` : "";
}

/** @param {string} to @param {Record<string, string>} [fields] */
function say(to, fields = {}) {
  const headers = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}");
  fetch(to, { method: "POST", headers: { ...headers, "HX-Request": "true" }, body: new URLSearchParams(fields), keepalive: true })
    .catch(() => {}); // no more than a hint
}

/** Where the page is now; who leaves a conversation says so. */
function settle() {
  const now = document.visibilityState === "visible" ? conversation() : "";
  if (now === where) return;
  if (where) say(where, { gone: "1" });
  where = now;
  if (where) say(where);
}

document.body.addEventListener("input", (event) => {
  const { target } = event;
  if (event instanceof CustomEvent) return; // words that were kept: nobody is writing
  if (!(target instanceof HTMLTextAreaElement) || !target.value || !where || Date.now() - wroteAt < WRITES_EVERY_MS) return;
  wroteAt = Date.now();
  say(where, { writes: "1" });
});
document.body.addEventListener("htmx:afterSettle", settle);
document.addEventListener("visibilitychange", settle);
addEventListener("pagehide", () => {
  if (where) say(where, { gone: "1" });
  where = "";
});
setInterval(() => {
  if (where && document.visibilityState === "visible") say(where);
}, EVERY_MS);
settle();

export {}; // a module: its names are its own
