// Tells the desk that somebody is there: real input alone counts, never what the page does by itself.

const EVERY_MS = 30_000;
let said = 0;

/** @returns {HTMLElement | null} */
function presence() {
  return document.getElementById("presence");
}

function live() {
  const now = Date.now();
  // Asked, or away because of idleness: the answer must not wait.
  const asked = presence()?.querySelector(".still-here");
  if (!asked && now - said < EVERY_MS) return;
  said = now;
  const htmx = /** @type {any} */ (window).htmx;
  htmx?.ajax("POST", "/inbox/presence/here", { source: "#presence", target: "#presence", swap: asked ? "outerHTML" : "none" });
}

for (const kind of ["pointerdown", "keydown", "wheel"]) {
  addEventListener(kind, (event) => {
    // Whoever chooses a state, or presses the button that says so, is answered by that.
    if (event.isTrusted && !(event.target instanceof Element && event.target.closest("#presence"))) live();
  }, { passive: true, capture: true });
}

export {}; // a module: its names are its own
