// Who is writing just now: the agent's customer hears of it, and the agent sees when the customer does.
// In a block: the inbox's scripts share one scope.
{
  const EVERY_MS = 3000;
  const SHOWN_MS = 6000;

  let told = { where: "", at: 0 };
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let fading;

  /** @param {Element} line @param {string} words */
  const show = (line, words) => {
    if (line.textContent !== words) line.textContent = words;
  };

  document.body.addEventListener("input", (event) => {
    const { target } = event;
    if (event instanceof CustomEvent) return; // words that were kept: nobody is writing
    const where = target instanceof HTMLTextAreaElement && target.value && target.dataset.typing;
    if (!where || (told.where === where && Date.now() - told.at < EVERY_MS)) return;
    told = { where, at: Date.now() };
    const headers = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}");
    fetch(where, { method: "POST", headers }).catch(() => {
      told.at = 0; // no more than a hint: the next key tries again
    });
  });

  document.body.addEventListener("htmx:sseMessage", ({ target }) => {
    const line = target instanceof HTMLElement && target.matches(".typing") ? target : null;
    if (!line) return;
    clearTimeout(fading);
    show(line, line.dataset.words ?? "");
    fading = setTimeout(() => show(line, ""), SHOWN_MS);
  });

  // What they were writing is here.
  document.body.addEventListener("htmx:afterSwap", ({ target }) => {
    const line = document.querySelector(".typing");
    if (line && target instanceof Element && target.matches(".live, .live *")) show(line, "");
  });
}
