// The desk's configuration: the one small request before the customer opens the chat.

const PATIENCE_MS = 5000;

/**
 * @param {string} base @param {string} desk
 * @returns {Promise<{settings: import("./appearance.js").Settings} | {error: {code: string, message: string}}>}
 */
async function deskSettings(base, desk) {
  if (!desk) return { error: { code: "unknown_desk", message: 'the script tag needs data-desk="…".' } };
  const patience = new AbortController();
  const giveUp = setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    const response = await fetch(`${base}/widget/desks/${encodeURIComponent(desk)}`, { signal: patience.signal });
    const body = await response.json();
    return body.error ? { error: body.error } : { settings: response.ok ? body : {} };
  } catch {
    return { settings: {} }; // The shop is up and the desk is not: the chat shows itself plainly, and tries again when opened.
  } finally {
    clearTimeout(giveUp);
  }
}

/** Takes the desk's own colours and words before anything is seen; then the page may speak to us.
 * @param {import("./chat.js").Chat} chat */
export async function prepare(chat) {
  const found = await deskSettings(chat.base, chat.desk);
  if ("error" in found) chat.refuse(found.error);
  else chat.appearance.take(found.settings);
  chat.names = chat.appearance.settings.name ?? chat.names;
  chat.view.showPicture(chat.appearance.picture());
  chat.site.ready();
  chat.lookAround();
  chat.draw();
}
