// Which language to speak.

/** @typedef {"en" | "pl"} Language */

/** @param {string | null | undefined} tag @returns {Language | null} */
export function spoken(tag) {
  const code = (tag ?? "").toLowerCase().slice(0, 2);
  return code === "pl" || code === "en" ? code : null;
}

/**
 * What the customer chose, else the script tag, else the page, else the browser.
 * @param {(string | null | undefined)[]} wishes @returns {Language}
 */
export function chosenLanguage(...wishes) {
  const all = [...wishes, document.documentElement.lang, ...(navigator.languages ?? [])];
  return all.map(spoken).find((language) => language !== null) ?? "en";
}
