// Suggested replies: by click, by number, or by Alt+Enter in an empty composer. They are text to begin with.

import { insert } from "./insert.js";
import { selectGap } from "./saved.js";

/** @param {HTMLElement} button */
function take(button) {
  const area = /** @type {HTMLTextAreaElement | null} */ (document.getElementById("reply-text"));
  if (!area) return;
  insert(area, button.dataset.suggested ?? "");
  selectGap(area);
}

document.body.addEventListener("click", ({ target }) => {
  const button = target instanceof Element ? target.closest("[data-suggested]") : null;
  if (button instanceof HTMLElement) take(button);
});

document.body.addEventListener(
  "keydown",
  (event) => {
    const { target, key, altKey } = event;
    if (!(target instanceof HTMLTextAreaElement) || target.id !== "reply-text") return;
    const first = document.getElementById("suggestion-1");
    if (key !== "Enter" || !altKey || target.value || !first) return;
    event.preventDefault();
    event.stopPropagation();
    take(first);
  },
  true,
);
