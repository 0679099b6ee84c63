// Where the focus may go. On a phone the chat covers the page: then it is a modal dialog, and Tab
// stays in it. Elsewhere the page behind it goes on, and Tab leaves as from anything else.

/** As in style.css. */
const COVERS = "(max-width: 480px), (max-height: 480px)";
const CAN = "button, textarea, input, select, a[href], [tabindex='0']";

/** @param {HTMLElement} panel */
export function keepFocus(panel) {
  const covers = matchMedia(COVERS);
  const tell = () => panel.setAttribute("aria-modal", String(covers.matches));
  covers.addEventListener("change", tell);
  tell();
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Tab" || !covers.matches) return;
    const all = /** @type {HTMLElement[]} */ ([...panel.querySelectorAll(CAN)]).filter(
      (one) => !(/** @type {HTMLButtonElement} */ (one).disabled) && one.getClientRects().length,
    );
    const { activeElement } = /** @type {ShadowRoot} */ (panel.getRootNode());
    const [first, last] = [all[0], all[all.length - 1]];
    if (activeElement !== (event.shiftKey ? first : last)) return;
    event.preventDefault();
    (event.shiftKey ? last : first).focus();
  });
}
