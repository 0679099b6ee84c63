// On a phone the chat covers the screen, and the keyboard covers part of that: the chat keeps to
// what is left. `dvh` knows nothing of the keyboard, only the visual viewport does.

/** @param {HTMLElement} panel @param {import("./scroll.js").Scroll} scroll */
export function fitScreen(panel, scroll) {
  const view = window.visualViewport;
  if (!view) return;
  const fit = () => {
    if (view.scale > 1.05) return; // two fingers enlarge it: not the chat's affair
    const { isAtEnd } = scroll;
    panel.style.setProperty("--fl-top", `${view.offsetTop}px`);
    panel.style.setProperty("--fl-height", `${view.height}px`);
    if (isAtEnd) scroll.down();
  };
  view.addEventListener("resize", fit);
  view.addEventListener("scroll", fit);
}
