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

  body.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) closePanel();
  });

  body.addEventListener("htmx:afterSettle", (event) => {
    const { elt } = /** @type {CustomEvent} */ (event).detail;
    if (elt.id !== "panel") return;
    for (const area of elt.querySelectorAll("textarea[data-draft]")) {
      const kept = sessionStorage.getItem(`draft:${area.dataset.draft}`);
      if (kept && !area.value) area.value = kept;
    }
    const first = elt.querySelector("select, input:not([type=hidden]), textarea, h2");
    first?.focus();
    elt.querySelector("[data-panel]")?.scrollIntoView({ block: "nearest" });
  });
})();
