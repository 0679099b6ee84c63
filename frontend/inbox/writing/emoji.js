// A few emoji behind “:”, by their names in English and Polish, and from the button. The system draws them.

import { addSource } from "./finder.js";
import { folded } from "./folded.js";
import { insert } from "./insert.js";

/** @type {[string, string][]} */
const FACES = [
  ["🙂", "smile uśmiech"], ["😀", "grin happy radość"], ["😉", "wink oczko"], ["😊", "blush miło"], ["😅", "sweat ulga"],
  ["🙁", "sad smutny"], ["😔", "sorry przykro"], ["😕", "confused niepewny"], ["😮", "wow zdziwienie"], ["🤔", "thinking hmm"],
  ["👍", "thumbs up yes ok kciuk"], ["👎", "thumbs down no"], ["👋", "wave hello bye cześć"], ["🙏", "please thanks proszę dziękuję"],
  ["👏", "clap brawo"], ["💪", "strong siła"], ["🤝", "deal umowa"], ["❤️", "heart serce"], ["🎉", "party hurra"], ["✨", "sparkles błysk"],
  ["✅", "check done gotowe"], ["❌", "cross błąd"], ["⚠️", "warning uwaga"], ["ℹ️", "info informacja"], ["❓", "question pytanie"],
  ["📦", "parcel package paczka"], ["🚚", "delivery truck dostawa"], ["💳", "card payment karta płatność"], ["🧾", "receipt paragon"],
  ["🔁", "return again zwrot"], ["📅", "date calendar data"], ["⏰", "time alarm czas"], ["📞", "phone call telefon"],
  ["📧", "mail email poczta"], ["📎", "attach file załącznik"], ["🔗", "link odnośnik"], ["🔒", "lock secure hasło"],
  ["💻", "computer laptop komputer"], ["🖨️", "printer drukarka"], ["🛠️", "tools repair naprawa"],
];

addSource({
  trigger: /(?:^|\s):([\p{L}]{1,20})$/u,
  label: () => document.querySelector("[data-emoji]")?.textContent ?? "",
  nothing: () => /** @type {HTMLElement | null} */ (document.querySelector("[data-emoji]"))?.dataset.nothing ?? "",
  search(words) {
    const wanted = folded(words);
    return FACES.filter(([, names]) => folded(names).split(" ").some((name) => name.startsWith(wanted)))
      .slice(0, 8)
      .map(([face, names]) => ({ label: face, aside: names, take: (area) => insert(area, face) }));
  },
});

/** @param {HTMLElement} button */
function open(button) {
  const grid = document.createElement("div");
  grid.className = "emoji-grid";
  grid.setAttribute("role", "group");
  grid.setAttribute("aria-label", button.textContent ?? "");
  for (const [face, names] of FACES) {
    const one = document.createElement("button");
    Object.assign(one, { type: "button", className: "link", textContent: face, title: names });
    one.setAttribute("aria-label", names);
    one.onclick = () => {
      close(button);
      const area = /** @type {HTMLTextAreaElement | null} */ (document.getElementById("reply-text"));
      if (area) insert(area, face);
    };
    grid.append(one);
  }
  grid.addEventListener("keydown", (event) => move(event, grid, button));
  button.closest(".composer-bar")?.after(grid);
  button.setAttribute("aria-expanded", "true");
  /** @type {HTMLElement} */ (grid.firstElementChild).focus();
}

/** @param {KeyboardEvent} event @param {HTMLElement} grid @param {HTMLElement} button */
function move(event, grid, button) {
  const all = /** @type {HTMLElement[]} */ ([...grid.children]);
  const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (event.key === "Escape") {
    close(button);
    button.focus();
  } else if (to !== undefined) all[(to + all.length) % all.length].focus();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

/** @param {HTMLElement} button */
function close(button) {
  document.querySelector(".emoji-grid")?.remove();
  button.setAttribute("aria-expanded", "false");
}

document.body.addEventListener("click", ({ target }) => {
  const button = target instanceof Element ? target.closest("[data-emoji]") : null;
  if (!(button instanceof HTMLElement)) return;
  if (document.querySelector(".emoji-grid")) close(button);
  else open(button);
});
