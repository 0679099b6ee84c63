// Pushed alerts in this browser: what stands in their way, and the buttons that turn them on and off.

const WORKER = "/inbox/service-worker.js";
const box = /** @type {HTMLElement | null} */ (document.querySelector("[data-push]"));

/** @param {HTMLElement} here @param {string} name */
function show(here, name) {
  for (const line of here.querySelectorAll("[data-push-state]")) {
    const state = /** @type {HTMLElement} */ (line);
    state.hidden = state.dataset.pushState !== name;
  }
  button(here, "on").hidden = name !== "off";
  button(here, "off").hidden = name !== "on";
  here.dataset.state = name;
}

/** @param {HTMLElement} here @param {"on" | "off"} what @returns {HTMLButtonElement} */
function button(here, what) {
  return /** @type {HTMLButtonElement} */ (here.querySelector(`[data-push-${what}]`));
}

/** @param {HTMLElement} here @param {string} words */
function complain(here, words) {
  const line = /** @type {HTMLElement} */ (here.querySelector("[data-push-problem]"));
  line.textContent = words;
  line.hidden = !words;
}

/** @param {string} path @param {HTMLElement} here @param {Record<string, string>} fields */
async function post(path, here, fields) {
  const headers = { "X-CSRF-Token": here.dataset.csrf ?? "" };
  const answer = await fetch(`/inbox/alerts/push/browsers${path}`, { method: "POST", headers, body: new URLSearchParams(fields) });
  if (!answer.ok) throw new Error(String(answer.status));
}

/** @param {string} key base64url @returns {Uint8Array<ArrayBuffer>} */
function bytes(key) {
  const plain = atob(key.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

/** @param {ArrayBuffer | null} buffer */
function base64url(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer ?? new ArrayBuffer(0)));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The id by which the desk knows this browser. @param {HTMLElement} here @param {PushSubscription | null} subscription */
function known(here, subscription) {
  /** @type {{ id: string, endpoint: string }[]} */
  const all = JSON.parse(here.dataset.known ?? "[]");
  return all.find((one) => one.endpoint === subscription?.endpoint)?.id;
}

/** @param {ServiceWorkerRegistration} registration @param {HTMLElement} here */
async function subscribe(registration, here) {
  const key = here.dataset.key ?? "";
  const before = await registration.pushManager.getSubscription();
  // The desk's key may be another one since.
  if (before && base64url(before.options.applicationServerKey) !== key) await before.unsubscribe();
  const made = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
  await post("", here, { endpoint: made.endpoint, p256dh: base64url(made.getKey("p256dh")), auth: base64url(made.getKey("auth")) });
}

/** @param {HTMLElement} here */
async function turnOn(here) {
  complain(here, "");
  button(here, "on").disabled = true;
  try {
    if ((await Notification.requestPermission()) !== "granted") {
      show(here, Notification.permission === "denied" ? "denied" : "off");
      return;
    }
    await navigator.serviceWorker.register(WORKER);
    await subscribe(await navigator.serviceWorker.ready, here);
    location.reload();
  } catch {
    complain(here, here.querySelector("[data-failed]")?.getAttribute("data-failed") ?? "");
  } finally {
    button(here, "on").disabled = false;
  }
}

/** @param {HTMLElement} here */
async function turnOff(here) {
  const subscription = await (await navigator.serviceWorker.ready).pushManager.getSubscription();
  const id = known(here, subscription);
  await subscription?.unsubscribe();
  if (id) await post(`/${id}/off`, here, {});
  location.reload();
}

/** @param {HTMLElement} here */
async function begin(here) {
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) return show(here, "unsupported");
  button(here, "on").addEventListener("click", () => turnOn(here));
  button(here, "off").addEventListener("click", () => turnOff(here));
  if (Notification.permission === "denied") return show(here, "denied");
  const registration = await navigator.serviceWorker.getRegistration("/inbox/");
  const subscription = (await registration?.pushManager.getSubscription()) ?? null;
  show(here, known(here, subscription) ? "on" : "off");
}

if (box) begin(box);
