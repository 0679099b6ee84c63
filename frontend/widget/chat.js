// One conversation in one page: joins what is said (timeline), the socket and what is seen.

import texts from "texts";
import { Connection } from "./connection.js";
import { Timeline } from "./timeline.js";
import { View } from "./view.js";

const TYPING_EVERY_MS = 3000;
const TYPING_SHOWN_MS = 8000;
const RETRY_CODES = new Set(["rate_limited", "server_error"]);

/** @typedef {import("./connection.js").Frame} Frame */
/** @typedef {"en" | "pl"} Language */
/** @typedef {{base: string, desk: string, language?: string}} Options */

/** @param {string | null | undefined} tag @returns {Language | null} */
function spoken(tag) {
  const code = (tag ?? "").toLowerCase().slice(0, 2);
  return code === "pl" || code === "en" ? code : null;
}

/** @returns {import("./timeline.js").Store} */
function storage() {
  try {
    return window.localStorage;
  } catch {
    const kept = new Map();
    return {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
    };
  }
}

export class Chat {
  /** @param {ShadowRoot} root @param {Options} options */
  constructor(root, options) {
    const { desk } = options;
    this.store = storage();
    this.memory = `firstline:${desk}`;
    this.state = {
      status: "none",
      agent: /** @type {string | null} */ (null),
      online: true,
      title: "…",
      limit: 4000,
      language: /** @type {Language} */ (this.chosenLanguage(options.language)),
    };
    this.names = /** @type {Record<string, string>} */ ({});
    this.typing = /** @type {{author: {kind: string, name: string | null}} | null} */ (null);
    this.lastTyping = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.typingTimer = undefined;
    this.seen = Number(this.read("seen") ?? 0);
    this.timeline = new Timeline(this.store, `${this.memory}:pending`);
    this.view = new View(root, this.say.bind(this), {
      open: () => this.show(true),
      close: () => this.show(false),
      write: (text) => this.dispatch({ type: "message", text }),
      choose: (message, index) => this.dispatch({ type: "choose", ...message.buttons[index], seq: message.seq }),
      human: () => this.dispatch({ type: "human" }),
      typing: () => this.tellTyping(),
      language: () => this.switchLanguage(),
      retry: (id) => this.retry(id),
    });
    this.connection = new Connection({
      base: options.base,
      desk,
      storage: this.store,
      hello: () => this.hello(desk),
      onSession: (session) => {
        this.names = session.desk.name;
        this.state.limit = session.limits.text;
        this.draw();
      },
      onFrame: (frame) => this.take(frame),
      onState: (online) => {
        this.state.online = online;
        this.draw();
      },
      onUnknownDesk: (message) => console.error(`Firstline: ${message}`),
    });
    this.draw();
    // Whoever has talked before sees at once what came in; others cost the site one small script.
    if (this.read("used")) this.connection.open();
    if (this.read("open")) this.show(true, { focus: false });
    document.addEventListener("visibilitychange", () => this.markSeen());
  }

  /** @param {string} [configured] @returns {Language} */
  chosenLanguage(configured) {
    return (
      spoken(this.read("language")) ??
      spoken(configured) ??
      spoken(document.documentElement.lang) ??
      spoken(navigator.language) ??
      "en"
    );
  }

  /** @param {string} key @param {Record<string, string | number>} [values] */
  say(key, values = {}) {
    const sentence = texts[/** @type {Language} */ (this.state.language)][key] ?? key;
    return sentence.replace(/{(\w+)}/g, (blank, name) => String(values[name] ?? blank));
  }

  /** @param {string} key */
  read(key) {
    try {
      return this.store.getItem(`${this.memory}:${key}`) ?? null;
    } catch {
      return null;
    }
  }

  /** @param {string} key @param {string | null} value */
  keep(key, value) {
    try {
      if (value === null) this.store.removeItem(`${this.memory}:${key}`);
      else this.store.setItem(`${this.memory}:${key}`, value);
    } catch {
      // Storage is blocked: nothing is remembered over a reload.
    }
  }

  /** @param {string} desk @returns {Frame} */
  hello(desk) {
    const { conversation, lastSeq } = this.timeline;
    return {
      type: "hello",
      v: 1,
      desk,
      language: this.state.language,
      conversation,
      last_seq: lastSeq,
      page: { url: location.href, title: document.title, referrer: document.referrer },
    };
  }

  /** @param {boolean} open @param {{focus: boolean}} [options] */
  show(open, options = { focus: true }) {
    this.keep("open", open ? "1" : null);
    if (open) {
      this.keep("used", "1");
      this.connection.open();
    }
    this.view.show(open, options);
    this.markSeen();
    this.draw();
  }

  /** Sends a frame and keeps it until it is acknowledged. @param {Omit<import("./timeline.js").Outgoing, "id">} frame */
  dispatch(frame) {
    const outgoing = { ...frame, id: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}` };
    this.timeline.send(outgoing);
    this.connection.send(outgoing);
    this.draw();
    this.view.scrollDown();
  }

  /** @param {string} id */
  retry(id) {
    const entry = this.timeline.pending.get(id);
    if (!entry) return;
    this.timeline.forget(id);
    this.dispatch({ type: entry.frame.type, text: entry.frame.text });
  }

  tellTyping() {
    if (Date.now() - this.lastTyping < TYPING_EVERY_MS) return;
    this.lastTyping = Date.now();
    this.connection.send({ type: "typing", on: true });
  }

  switchLanguage() {
    this.state.language = this.state.language === "pl" ? "en" : "pl";
    this.keep("language", this.state.language);
    this.connection.send({ type: "language", language: this.state.language });
    this.view.log.replaceChildren();
    this.draw();
  }

  /** What the server says. @param {Frame} frame */
  take(frame) {
    switch (frame.type) {
      case "welcome":
        this.timeline.enter(frame.conversation);
        Object.assign(this.state, { status: frame.status, agent: frame.agent?.name ?? null });
        for (const waiting of this.timeline.unsent()) this.connection.send(waiting);
        break;
      case "conversation":
        this.timeline.enter(frame.id);
        this.state.status = "bot";
        break;
      case "ack":
        this.timeline.acknowledge(frame.id);
        break;
      case "message":
        this.takeMessage(frame);
        break;
      case "history":
        for (const message of frame.messages) this.timeline.add(message);
        break;
      case "status":
        Object.assign(this.state, { status: frame.status, agent: frame.agent?.name ?? null });
        break;
      case "typing":
        this.showTyping(frame.on ? { author: frame.author } : null);
        break;
      case "error":
        this.takeError(frame);
        break;
    }
    this.markSeen();
    this.draw();
  }

  /** @param {Frame} frame */
  takeMessage(frame) {
    const message = /** @type {import("./timeline.js").Message} */ (/** @type {unknown} */ (frame));
    if (this.timeline.add(message) === "gap") {
      this.connection.send({ type: "fetch", after: this.timeline.lastSeq });
    }
    if (message.author.kind !== "customer") this.showTyping(null);
  }

  /** @param {Frame} frame */
  takeError(frame) {
    const entry = frame.id && this.timeline.pending.get(frame.id);
    if (!entry) return;
    if (RETRY_CODES.has(frame.code)) {
      setTimeout(() => this.connection.send(entry.frame), (frame.retry_after ?? 3) * 1000);
    } else {
      this.timeline.refuse(frame.id, frame.message);
    }
  }

  /** @param {{author: {kind: string, name: string | null}} | null} typing */
  showTyping(typing) {
    this.typing = typing;
    clearTimeout(this.typingTimer);
    if (typing) {
      this.typingTimer = setTimeout(() => {
        this.typing = null;
        this.draw();
      }, TYPING_SHOWN_MS);
    }
  }

  /** How many messages of others came in since the customer last looked. */
  get unread() {
    const { messages, conversation } = this.timeline;
    const seen = this.read("seenIn") === conversation ? this.seen : 0;
    return messages.filter(({ seq, author }) => seq > seen && author.kind !== "customer").length;
  }

  markSeen() {
    const { conversation, lastSeq } = this.timeline;
    if (!this.view.isOpen || document.visibilityState !== "visible" || !conversation) return;
    if (this.read("seenIn") === conversation && this.seen >= lastSeq) return;
    this.seen = lastSeq;
    this.keep("seen", String(lastSeq));
    this.keep("seenIn", conversation);
    if (lastSeq) this.connection.send({ type: "seen", seq: lastSeq });
  }

  draw() {
    this.state.title = this.names[this.state.language] ?? this.say("assistant");
    this.view.drawFrame(this.state, this.unread);
    const { earlier, messages, pending } = this.timeline;
    this.view.drawLog(earlier, messages, [...pending.values()], this.typing);
  }
}
