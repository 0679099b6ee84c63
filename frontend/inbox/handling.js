// The forms beside a conversation, links to messages, and names after @.

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
    const link = target?.closest("[data-message]");
    const message = link && document.getElementById(`m${/** @type {HTMLElement} */ (link).dataset.message}`);
    if (message) {
      // It is on the page already: no need to fetch it.
      event.preventDefault();
      message.tabIndex = -1;
      message.scrollIntoView({ block: "center" });
      message.focus();
    }
    const name = target?.closest("[data-mention]");
    if (name) addMention(/** @type {HTMLElement} */ (name));
  });

  /** @param {HTMLElement} button */
  function addMention(button) {
    const area = button.closest("form")?.querySelector("textarea");
    if (!area) return;
    const space = area.value && !/\s$/.test(area.value) ? " " : "";
    area.setRangeText(`${space}@${button.dataset.mention} `, area.value.length, area.value.length, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.focus();
  }

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
    if (event.key === "Escape" && !event.defaultPrevented) closePanel();
  });

  body.addEventListener("htmx:afterSettle", (event) => {
    const { elt } = /** @type {CustomEvent} */ (event).detail;
    const box = elt.id === "panel" ? elt.querySelector("[data-panel]") : null;
    if (!box) return;
    for (const found of box.querySelectorAll("textarea[data-draft]")) {
      const area = /** @type {HTMLTextAreaElement} */ (found);
      const kept = sessionStorage.getItem(`draft:${area.dataset.draft}`);
      if (kept && !area.value) area.value = kept;
    }
    const first = box.querySelector("select, input:not([type=hidden]), textarea") ?? box.querySelector("h2");
    /** @type {HTMLElement | null} */ (first)?.focus();
    box.scrollIntoView({ block: "nearest" });
  });
})();
