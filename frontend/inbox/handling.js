// The forms beside a conversation.

(() => {
  const body = document.body;

  function closePanel() {
    const panel = document.getElementById("panel");
    if (!panel?.firstElementChild) return false;
    panel.replaceChildren();
    document.getElementById("customer")?.focus();
    return true;
  }

  body.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest("[data-close-panel]") && document.getElementById("panel")) {
      event.preventDefault();
      closePanel();
    }
  });

  // Unsent notes outlive whatever happens to the page; they stay in this tab.
  body.addEventListener("input", ({ target }) => {
    if (!(target instanceof HTMLTextAreaElement) || !target.dataset.draft) return;
    sessionStorage.setItem(`draft:${target.dataset.draft}`, target.value);
  });

  body.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, requestConfig } = /** @type {CustomEvent} */ (event).detail;
    const area = requestConfig.elt.querySelector("textarea[data-draft]");
    if (area && xhr.status < 400 && requestConfig.verb === "post") sessionStorage.removeItem(`draft:${area.dataset.draft}`);
  });

  body.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented && closePanel()) event.preventDefault();
  });

  /** Says at the field what it cannot hold, where the form has words for it.
   * @param {unknown} field @returns {HTMLElement | null} the words */
  function refuse(field) {
    if (!(field instanceof HTMLElement)) return null;
    const words = document.getElementById(`wrong-${field.id}`);
    if (!words) return null;
    words.hidden = false;
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", words.id);
    return words;
  }

  // In the agent's language, which need not be the browser's.
  body.addEventListener(
    "invalid",
    (event) => {
      const field = /** @type {HTMLInputElement} */ (event.target);
      const words = refuse(field);
      if (!words) return;
      event.preventDefault();
      if (field.form?.querySelector(":invalid") !== field) return;
      field.focus();
      const announcer = document.getElementById("announcer");
      if (announcer) announcer.textContent = words.textContent;
    },
    true,
  );

  body.addEventListener("input", ({ target }) => {
    if (!(target instanceof HTMLElement) || !target.hasAttribute("aria-invalid")) return;
    const words = document.getElementById(`wrong-${target.id}`);
    if (!words) return;
    words.hidden = true;
    target.removeAttribute("aria-invalid");
    target.removeAttribute("aria-describedby");
  });

  body.addEventListener("htmx:afterSettle", (event) => {
    const { elt } = /** @type {CustomEvent} */ (event).detail;
    const refused = elt.id === "alert" ? elt.querySelector("[data-field]")?.dataset.field : null;
    const field = refused ? document.querySelector(`#panel [name="${refused}"]`) : null;
    if (refuse(field)) /** @type {HTMLElement} */ (field).focus();
    const box = elt.id === "panel" ? elt.querySelector("[data-panel]") : null;
    if (!box) return;
    for (const found of box.querySelectorAll("textarea[data-draft]")) {
      const area = /** @type {HTMLTextAreaElement} */ (found);
      const kept = sessionStorage.getItem(`draft:${area.dataset.draft}`);
      if (kept && !area.value) area.value = kept;
    }
    const first = box.querySelector("input[type=radio]:checked") ?? box.querySelector("select, input:not([type=hidden]), textarea") ?? box.querySelector("h2");
    /** @type {HTMLElement | null} */ (first)?.focus();
    box.scrollIntoView({ block: "nearest" });
  });
})();
