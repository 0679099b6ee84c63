// News that come between pressing and letting go take away what was pressed, and browsers then tell
// of no click at all: what has come in its place, and is the same, gets it. Only what shows or selects
// something: whoever pressed a button that acts has not seen what is new, and presses again.

const PRESSED = "a[href], .pick, summary";

/** @type {Element | null} */
let pressed = null;

/** @param {Event} event */
const under = ({ target }) => (target instanceof Element ? target.closest(PRESSED) : null);

/** What makes it the same: where it leads, what it selects, what it says. @param {Element} one */
const nameOf = (one) => one.getAttribute("href") || one.querySelector("input")?.value || one.textContent?.trim();

document.addEventListener("mousedown", (event) => {
  pressed = event.button === 0 ? under(event) : null;
});

document.addEventListener("mouseup", (event) => {
  const here = under(event);
  if (pressed && here && !pressed.isConnected && nameOf(pressed) === nameOf(here)) {
    here.dispatchEvent(new MouseEvent("click", event));
  }
  pressed = null;
});
