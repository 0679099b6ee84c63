// Styles of a shadow root that a strict Content-Security-Policy lets through: no <style>, no style="".

/**
 * Adds a sheet after those that are there; call `replaceSync` on it to change it.
 * @param {ShadowRoot} root @param {string} css @returns {{replaceSync: (css: string) => void}}
 */
export function dress(root, css) {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    return sheet;
  } catch {
    // Browsers of before 2023. They obey `style-src` here: see docs/widget.md.
    const made = document.createElement("style");
    const replaceSync = (/** @type {string} */ text) => void (made.textContent = text);
    replaceSync(css);
    root.append(made);
    return { replaceSync };
  }
}
