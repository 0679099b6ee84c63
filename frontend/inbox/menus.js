// A menu that opened on a phone closes when something in it was chosen.

document.addEventListener("click", (event) => {
  const chosen = /** @type {Element} */ (event.target).closest("[popover] :is(a, button)");
  const menu = /** @type {HTMLElement | null | undefined} */ (chosen?.closest("[popover]"));
  if (menu?.matches(":popover-open")) menu.hidePopover();
});

export {}; // a module: its names are its own
