// The page around the chat: what it says about itself, and what it hears of us.

export class Site {
  /** @param {HTMLElement} host @param {string} desk */
  constructor(host, desk) {
    this.host = host;
    this.desk = desk;
    this.isReady = false;
    this.announced = "none null";
    /** @type {{url?: string, title?: string}} where the page knows better than the browser */
    this.page = {};
  }

  ready() {
    this.isReady = true;
    this.emit("ready", { desk: this.desk });
  }

  /** @param {string} name @param {object} [detail] */
  emit(name, detail = {}) {
    this.host.dispatchEvent(new CustomEvent(`firstline:${name}`, { detail, bubbles: true, composed: true }));
  }

  /** To whoever owns the site, and to its script.
   * @param {{code: string, message: string, detail?: string}} error */
  complain({ code, message, detail }) {
    console.error(`Firstline: ${message}${detail ? ` (${code}: ${detail})` : ""}`);
    this.emit("error", { code, message });
  }

  /** @param {{status: string, agent: string | null}} state */
  status({ status, agent }) {
    if (this.announced === `${status} ${agent}`) return;
    this.announced = `${status} ${agent}`;
    this.emit("status", { status, agent });
  }

  /** @param {import("./timeline.js").Message} message */
  message({ conversation, seq, author, text, at }) {
    this.emit("message", { conversation, seq, author, text, at });
  }

  where() {
    return { url: location.href, title: document.title, referrer: document.referrer, ...this.page };
  }
}
