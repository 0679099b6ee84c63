// A menu that opened on a phone closes when something in it was chosen, and not because news draw it anew.

let openId = "";
let focusedId = "";

document.addEventListener("click", (event) => {
  const chosen = /** @type {Element} */ (event.target).closest("[popover] :is(a, button)");
  const menu = /** @type {HTMLElement | null | undefined} */ (chosen?.closest("[popover]"));
  if (menu?.matches(":popover-open")) menu.hidePopover();
});

document.body.addEventListener("htmx:oobBeforeSwap", () => {
  const menu = document.querySelector("[popover]:popover-open");
  openId = menu?.id ?? "";
  focusedId = menu?.contains(document.activeElement) ? (document.activeElement?.id ?? "") : "";
});

document.body.addEventListener("htmx:oobAfterSwap", () => {
  const menu = openId ? document.getElementById(openId) : null;
  if (!menu || menu.matches(":popover-open")) return;
  menu.showPopover();
  if (focusedId) document.getElementById(focusedId)?.focus();
});

export {}; // a module: its names are its own
