// Pushed alerts that are on in this browser end with the session that it has now, and no longer with
// the one that they were turned on in: sessions run out, and the agent signs in again.
export {};

/** What proves that a page of the desk asks. */
function csrf() {
  const box = /** @type {HTMLElement | null} */ (document.querySelector("[data-push]"));
  return box?.dataset.csrf ?? JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRF-Token"];
}

async function tell() {
  const registration = await navigator.serviceWorker?.getRegistration("/inbox/");
  const subscription = await registration?.pushManager?.getSubscription();
  if (!subscription) return;
  const fields = new URLSearchParams({ endpoint: subscription.endpoint });
  await fetch("/inbox/alerts/push/browsers/here", { method: "POST", headers: { "X-CSRF-Token": csrf() }, body: fields });
}

tell().catch(() => {}); // the next page that is opened tells it
