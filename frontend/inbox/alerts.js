// Rings for what must not wait: something given to this agent, what they had put off and is back, a colleague
// who names them, somebody new in the queue, a customer who wrote, a deadline that comes near. The choice is the browser's own; several tabs ring once.

const KINDS = /** @type {const} */ (["assigned", "woken", "mention", "due", "queued", "message"]);
const TONES = {
  assigned: [660, 880],
  woken: [660, 880],
  mention: [990, 740],
  due: [880, 880, 880],
  queued: [520, 660],
  message: [740],
};
const AT_ONCE_MS = 500; // a conversation that is handed over with a note is one sound
const APART_MS = 60_000; // no tab hears of the same so much later
const menu = /** @type {HTMLElement | null} */ (document.querySelector("[data-alerts]"));
/** @type {Record<string, number>} */
const seen = {};
/** @type {AudioContext | undefined} */
let audio;
let rangAt = -AT_ONCE_MS;

/** @param {string} name @param {boolean} otherwise */
function chosen(name, otherwise) {
  const kept = localStorage.getItem(`alerts:${name}`);
  return kept === null ? otherwise : kept === "yes";
}

/** A browser lets a page sound only after somebody has touched it. */
function unlock() {
  audio ??= new AudioContext();
  if (audio.state === "suspended") audio.resume().catch(() => undefined);
}

/** @param {number[]} tones */
function ring(tones) {
  if (!audio || audio.state !== "running" || performance.now() - rangAt < AT_ONCE_MS) return;
  rangAt = performance.now();
  tones.forEach((tone, place) => {
    const context = /** @type {AudioContext} */ (audio);
    const start = context.currentTime + place * 0.16;
    const [voice, volume] = [context.createOscillator(), context.createGain()];
    voice.frequency.value = tone;
    volume.gain.setValueAtTime(0.0001, start);
    volume.gain.exponentialRampToValueAtTime(0.15, start + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.14);
    voice.connect(volume).connect(context.destination);
    voice.start(start);
    voice.stop(start + 0.15);
  });
}

/**
 * Whether no other tab of this browser has rung for it. What one tab writes another reads a moment later
 * only, so the lock tells those apart that hear of it at once; a page without TLS has no locks.
 * @param {string} kind @param {number} at
 */
async function isMine(kind, at) {
  const key = `alerts:rung:${kind}`;
  if (Number(localStorage.getItem(key)) >= at) return false;
  if (navigator.locks && !(await isFirst(`${key}:${at}`))) return false;
  localStorage.setItem(key, String(at));
  return true;
}

/** @param {string} name @returns {Promise<boolean>} whether nobody else has the lock; it is kept for a while */
function isFirst(name) {
  return new Promise((tell) => {
    void navigator.locks.request(name, { ifAvailable: true }, async (lock) => {
      tell(lock !== null);
      if (lock) await new Promise((over) => setTimeout(over, APART_MS));
    });
  });
}

/** @param {string} kind @param {string} words */
function alertTo(kind, words) {
  if (chosen("sound", true)) ring(TONES[/** @type {keyof typeof TONES} */ (kind)]);
  const may = chosen("notify", false) && "Notification" in window && Notification.permission === "granted";
  if (!may || document.hasFocus()) return;
  const shown = new Notification(document.title, { body: words, tag: `firstline-${kind}` });
  shown.onclick = () => {
    window.focus();
    shown.close();
  };
}

function look() {
  const found = document.getElementById("arrivals");
  if (!found) return;
  for (const kind of KINDS) {
    const at = Number(found.dataset[kind] ?? 0);
    const words = found.dataset[`${kind}Words`] ?? "";
    if (seen[kind] !== undefined && at > seen[kind]) void isMine(kind, at).then((mine) => mine && alertTo(kind, words));
    seen[kind] = Math.max(at, seen[kind] ?? 0);
  }
}

/** @param {string} problem */
function say(problem) {
  const line = menu?.querySelector("[data-alert-problem]");
  if (line) line.textContent = problem;
}

function offer() {
  const [sound, notify] = ["sound", "notify"].map((name) => /** @type {HTMLInputElement} */ (menu?.querySelector(`[data-alert-${name}]`)));
  if (!menu || !sound || !notify) return;
  menu.hidden = false;
  sound.checked = chosen("sound", true);
  notify.checked = chosen("notify", false) && "Notification" in window && Notification.permission === "granted";
  sound.addEventListener("change", () => {
    localStorage.setItem("alerts:sound", sound.checked ? "yes" : "no");
    unlock();
    if (sound.checked) ring(TONES.message);
  });
  notify.addEventListener("change", async () => {
    say("");
    const wanted = notify.checked;
    const allowed = wanted && "Notification" in window && (await Notification.requestPermission()) === "granted";
    notify.checked = allowed;
    localStorage.setItem("alerts:notify", allowed ? "yes" : "no");
    if (wanted && !allowed) say(menu.dataset.blocked ?? "");
  });
}

for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, unlock, { capture: true });
document.body.addEventListener("htmx:afterSettle", look);
offer();
look();
