// Writes into a field as a person would.

/** Replaces the selection, so that the browser's own undo still works. @param {HTMLTextAreaElement} area
 * @param {string} text @param {number} [from] @param {number} [to] what is selected then, within the new text */
export function insert(area, text, from = text.length, to = from) {
  const start = area.selectionStart;
  area.focus();
  // Old, but the only way that keeps the list of what can be undone.
  if (!document.execCommand("insertText", false, text)) area.setRangeText(text, start, area.selectionEnd, "end");
  area.setSelectionRange(start + from, start + to);
  area.dispatchEvent(new Event("input", { bubbles: true }));
}
