// Times in the reader's own zone, and a button that copies a link.

const locale = navigator.language.startsWith(document.documentElement.lang) ? navigator.language : document.documentElement.lang;
for (const time of document.querySelectorAll("time[data-clock]")) {
  const at = new Date(/** @type {HTMLTimeElement} */ (time).dateTime);
  time.textContent = at.toLocaleString(locale, { dateStyle: "medium", timeStyle: "short" });
}

for (const button of document.querySelectorAll("button[data-copy]")) {
  const copies = /** @type {HTMLButtonElement} */ (button);
  const field = /** @type {HTMLInputElement} */ (document.getElementById(copies.dataset.copy ?? ""));
  field.addEventListener("focus", () => field.select());
  // Browsers let pages copy over https, and on this machine.
  copies.hidden = !navigator.clipboard;
  copies.addEventListener("click", async () => {
    await navigator.clipboard.writeText(field.value);
    const said = /** @type {HTMLElement} */ (document.querySelector("[data-copied]"));
    said.textContent = said.dataset.copied ?? "";
  });
}
