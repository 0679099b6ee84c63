// Where the message list stands: at its end, or where the customer has scrolled to.

import { element, icon } from "./dom.js";

/** From the top: then the page before is fetched. */
const NEAR_PX = 400;
/** From the end: as good as there. */
const AT_END_PX = 80;

export class Scroll {
  /** @param {HTMLElement} log @param {{moved: () => void, older: () => void}} wishes */
  constructor(log, { moved, older }) {
    this.log = log;
    /** Where the list was scrolled to for the customer, who may have moved it since. */
    this.resting = 0;
    this.count = element("span", { className: "badge" });
    this.jump = element("button", { className: "jump", type: "button", hidden: true }, icon("down"), this.count);
    this.jump.onclick = () => {
      log.scrollTop = this.resting = log.scrollHeight;
      log.focus({ preventScroll: true });
      moved();
    };
    log.addEventListener("scroll", () => {
      this.#look();
      if (this.isAtEnd !== this.jump.hidden) moved();
    }, { passive: true });
    this.older = older;
    // What is shown beneath the list (the place in the queue) takes room from its end.
    new ResizeObserver(() => this.isAtEnd && this.down()).observe(log);
  }

  /** Whoever nears the top wants to see what comes before. */
  #look() {
    if (this.log.scrollTop < NEAR_PX && !this.isAtEnd) this.older();
  }

  get isAtEnd() {
    const { log } = this;
    return log.scrollTop > Math.min(this.resting, log.scrollHeight - log.clientHeight) - AT_END_PX;
  }

  /** To the end; but of a long answer of the bot the beginning is read first. */
  down() {
    const { log } = this;
    const top = beginning(log);
    log.scrollTop = top ? top.offsetTop - log.offsetTop - 12 : log.scrollHeight;
    this.resting = log.scrollTop;
  }

  /** Rows come and go: what the customer reads stays where it is. @param {() => void} change */
  hold(change) {
    const { log } = this;
    const rows = /** @type {HTMLElement[]} */ ([...log.children]);
    const edge = log.scrollTop + log.offsetTop;
    const seen = rows.find((row) => !row.matches(".older") && row.offsetTop + row.offsetHeight > edge);
    const before = seen?.offsetTop ?? 0;
    change();
    const by = seen?.isConnected ? seen.offsetTop - before : 0;
    if (!by) return;
    this.resting += by;
    log.scrollTop += by;
  }

  /** @param {string} name @param {number} count of messages that the customer has not seen */
  draw(name, count) {
    this.jump.hidden = this.isAtEnd;
    this.#look();
    this.jump.setAttribute("aria-label", name);
    this.count.hidden = !count;
    this.count.textContent = String(Math.min(count, 99));
  }
}

/**
 * The row with which the bot's newest turn begins: what the customer said to it, or what is new.
 * Nothing when a person spoke last, whose messages come one by one.
 * @param {HTMLElement} log
 */
function beginning(log) {
  const rows = /** @type {HTMLElement[]} */ ([...log.children]).reverse();
  const end = rows.findIndex((row) => row.matches(".customer, .agent, .day"));
  const of = rows[rows[end]?.matches(".customer, .new") ? end : end - 1];
  return rows.slice(0, Math.max(end, 0)).some((row) => row.matches(".bot")) ? of : undefined;
}
