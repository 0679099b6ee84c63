// Shows what the desk pushes to this browser, and leads to it. It has no `fetch`: nothing is kept,
// and every page comes from the desk.

const worker = /** @type {any} */ (globalThis);

worker.addEventListener("install", () => worker.skipWaiting());

worker.addEventListener("push", (/** @type {any} */ event) => {
  const { title, body, url, tag, lang } = told(event);
  const shown = { body, tag, lang, renotify: Boolean(tag), icon: "/assets/icon.svg", data: { url } };
  event.waitUntil(worker.registration.showNotification(title, shown));
});

worker.addEventListener("notificationclick", (/** @type {any} */ event) => {
  event.notification.close();
  event.waitUntil(show(event.notification.data?.url ?? "/inbox"));
});

/** Browsers want to see a notification for each push, even for one that cannot be read.
 * @param {any} event */
function told(event) {
  try {
    const said = event.data.json();
    const inside = typeof said.url === "string" && said.url.startsWith("/inbox");
    return { ...said, title: String(said.title), url: inside ? said.url : "/inbox" };
  } catch {
    return { title: "Firstline", url: "/inbox" };
  }
}

/** In a window that shows it already, else in a new one: what somebody types elsewhere is not lost.
 * @param {string} url */
async function show(url) {
  const windows = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = windows.find((/** @type {any} */ one) => new URL(one.url).pathname === url);
  return there ? there.focus() : worker.clients.openWindow(url);
}
