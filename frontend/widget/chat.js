// One conversation in one page: joins what is said (timeline), the socket and what is seen.

import texts from "texts";
import { Appearance } from "./appearance.js";
import { Connection } from "./connection.js";
import { prepare } from "./desk.js";
import { Files } from "./files.js";
import { Heard } from "./heard.js";
import { Hours } from "./hours.js";
import { Identity } from "./identity.js";
import { chosenLanguage, spoken } from "./language.js";
import { Intake } from "./intake.js";
import { Lazy } from "./lazy.js";
import { Memory, storage } from "./memory.js";
import { Menu } from "./menu.js";
import { Outbox } from "./outbox.js";
import { Reading } from "./reading.js";
import { Sending } from "./sending.js";
import { Site } from "./site.js";
import { Timeline } from "./timeline.js";
import { Typing } from "./typing.js";
import { View } from "./view.js";

const TAIL = 50; // messages that a page begins with

/** @typedef {import("./connection.js").Frame} Frame */
/** @typedef {import("./language.js").Language} Language */
/** @typedef {{base: string, desk: string, attributes: DOMStringMap}} Options */

export class Chat {
  /** @param {ShadowRoot} root @param {Options} options */
  constructor(root, options) {
    const { base, desk, attributes } = options;
    this.host = /** @type {HTMLElement} */ (root.host);
    this.desk = desk;
    this.base = base;
    this.site = new Site(this.host, desk);
    const store = storage();
    this.memory = new Memory(store, `firstline:${desk}`);
    this.state = {
      status: "none",
      agent: /** @type {string | null} */ (null),
      picture: /** @type {string | null} */ (null),
      online: true,
      available: true,
      title: "…",
      limit: 4000,
      language: chosenLanguage(this.memory.read("language"), attributes.language),
    };
    this.names = /** @type {Record<string, string>} */ ({});
    this.isDrawing = false;
    this.toEnd = false;
    this.outbox = new Outbox(store, this.memory.key("pending"));
    this.timeline = new Timeline(this.outbox);
    this.sending = new Sending(this);
    this.typing = new Typing(this);
    this.view = new View(root, this.say.bind(this), {
      open: () => this.show(true),
      close: () => this.show(false),
      write: (text, files) => this.dispatch({ type: "message", text, ...(files.length && { attachments: files }) }),
      choose: (message, button) => this.choose(message, button),
      human: () => this.hours.human(),
      older: () => this.fetchOlder(),
      moved: () => {
        this.reading.update();
        this.draw();
      },
      typing: (on) => this.typing.tell(on),
      language: () => this.switchLanguage(),
      retry: (id) => this.retry(id),
    });
    this.reading = new Reading({
      memory: this.memory,
      timeline: this.timeline,
      isLooking: () => this.view.isOpen && document.visibilityState === "visible" && this.view.scroll.isAtEnd,
      tell: (seq) => this.connection.send({ type: "seen", seq }),
    });
    this.asksOlder = false;
    this.heard = new Heard(this);
    root.append(this.heard.region);
    this.lazy = new Lazy(this);
    this.canMail = false;
    this.hours = new Hours(this);
    this.view.notice.after(this.hours.sheet);
    this.view.log.after(this.hours.region);
    const isThere = () => this.timeline.conversation !== null;
    this.menu = new Menu(this.say.bind(this), [
      { text: "download", act: () => this.lazy.use("Transcript", (copy) => copy.download()), when: isThere },
      {
        text: "mail",
        act: () => this.lazy.use("Transcript", (copy) => copy.mail()),
        when: () => this.canMail && isThere(),
      },
      { text: "end", act: () => this.end(), when: () => this.goesOn },
    ]);
    this.view.place(this.menu.place);
    this.files = new Files(this);
    this.appearance = new Appearance(root, attributes, base);
    this.identity = new Identity(this, attributes);
    this.intake = new Intake(this);
    this.view.notice.after(this.intake.sheet);
    this.connection = new Connection({
      base,
      desk,
      identity: this.identity,
      stream: async () => (await this.lazy.come())?.openStream ?? null,
      language: () => this.state.language,
      storage: store,
      hello: () => this.hello(desk),
      onSession: (session) => {
        this.identity.told(session.person);
        this.intake.told(session.form);
        this.names = session.desk.name;
        this.state.limit = session.limits.text;
        this.hours.open(session.availability);
        this.canMail = session.transcript.mail;
        this.files.limits = session.limits.files ?? null;
        this.draw();
      },
      onFrame: (frame) => this.take(frame),
      onState: (online) => {
        this.state.online = online;
        if (online) this.files.resume();
        else {
          this.outbox.lost();
          this.hours.people?.lost();
        }
        this.draw();
      },
      onRefused: (error) => this.refuse(error),
    });
    void prepare(this);
    // Whoever has talked before sees at once what came in; others cost the site one small script.
    if (this.memory.read("used")) this.connection.open();
    if (this.memory.read("open")) this.show(true, { focus: false });
    document.addEventListener("visibilitychange", () => this.reading.update());
    // Read in another tab is read here too.
    addEventListener("storage", ({ key }) => key === this.memory.key("seen") && this.draw());
  }

  /** @param {{code: string, message: string}} error */
  complain(error) {
    this.site.complain(error);
    this.view.tell(error.message);
  }

  /** There is no desk for this page. @param {{code: string, message: string}} error */
  refuse(error) {
    if (!this.state.available) return;
    this.state.available = false;
    this.complain(error);
    this.draw();
  }

  /** Another page without a reload. @param {{url?: string, title?: string}} [page] */
  setPage(page = {}) {
    this.site.page = page;
    this.connection.send({ type: "page", page: this.site.where() });
    this.lookAround();
  }

  /** @param {string} key @param {Record<string, string | number>} [values] */
  say(key, values = {}) {
    const { language } = this.state;
    const sentence = this.appearance?.text(key, language) ?? texts[language][key] ?? key;
    return sentence.replace(/{(\w+)}/g, (blank, name) => String(values[name] ?? blank));
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
      tail: TAIL,
      page: this.site.where(),
      claims: this.identity.claims,
    };
  }

  /** @param {boolean} open @param {{focus: boolean}} [options] */
  show(open, options = { focus: true }) {
    if (this.view.isOpen !== open) this.site.emit(open ? "open" : "close");
    this.memory.keep("open", open ? "1" : null);
    if (open) {
      this.memory.keep("used", "1");
      if (this.state.available) this.connection.open();
    }
    if (!open) this.timeline.newFrom = 0;
    this.view.show(open, options);
    if (open && options.focus && this.intake.isNeeded) this.intake.focus();
    this.reading.update();
    this.draw();
  }

  /** Sends a frame and keeps it until it is acknowledged. @param {Omit<import("./outbox.js").Outgoing, "id">} frame */
  dispatch(frame) {
    this.outbox.add({ ...frame, id: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}` });
    this.typing.tell(false);
    this.connection.hurry();
    this.toEnd = true;
    this.timeline.newFrom = 0;
    this.sending.pump();
    this.draw();
  }

  /** A second click, before the buttons are gone, is no second choice.
   * @param {import("./timeline.js").Message} message @param {import("./timeline.js").Button} button */
  choose(message, button) {
    if (!this.timeline.offers.includes(message)) return;
    this.dispatch({ type: "choose", ...button, seq: message.seq });
  }

  /** @param {string} id */
  retry(id) {
    const entry = this.outbox.pending.get(id);
    if (!entry) return;
    this.outbox.drop(id);
    this.dispatch(entry.frame);
  }

  /** Whether there is a conversation that is not over. */
  get goesOn() {
    return this.timeline.conversation !== null && this.state.status !== "closed";
  }

  /** Whether there is something to say first, on this page. */
  lookAround() {
    if (this.appearance.settings.proactive) this.lazy.use("Proactive", (proactive) => proactive.look());
  }

  /** The customer needs no more. */
  end() {
    this.connection.send({ type: "end", conversation: this.timeline.conversation });
  }

  switchLanguage() {
    this.setLanguage(this.state.language === "pl" ? "en" : "pl");
  }

  /** @param {string} wish */
  setLanguage(wish) {
    const language = spoken(wish);
    if (!language) return console.warn(`Firstline: the chat speaks en and pl, not "${wish}".`);
    this.state.language = language;
    this.memory.keep("language", this.state.language);
    this.connection.send({ type: "language", language: this.state.language });
    this.view.log.replaceChildren();
    this.draw();
  }

  /** What the server says. @param {Frame} frame */
  take(frame) {
    if (this.hours.take(frame)) return this.draw();
    switch (frame.type) {
      case "welcome":
        this.timeline.begin(/** @type {any} */ (frame));
        this.asksOlder = false;
        this.reading.begin(frame.last_seq);
        this.heard.begin(frame);
        // Whoever talks may need the rest when there is no line to fetch it by.
        if (this.view.isOpen) void this.lazy.come();
        this.hours.open(frame.availability);
        this.takeStatus(frame);
        this.reading.tell();
        this.sending.pump();
        break;
      case "conversation":
        this.timeline.enter(frame.id);
        this.state.status = "bot";
        break;
      case "ack":
        this.timeline.acknowledge(frame.id, frame.conversation, frame.duplicate);
        this.sending.pump();
        break;
      case "message":
        this.takeMessage(frame);
        break;
      case "history":
        for (const message of frame.messages) this.addMessage(message);
        if (frame.messages.length && this.timeline.isBehind) this.fetchGap();
        break;
      case "earlier":
        this.asksOlder = false;
        this.timeline.addEarlier(/** @type {any} */ (frame));
        break;
      case "read":
        this.timeline.read(frame.conversation, frame.seq);
        break;
      case "pong":
        this.outbox.adopt();
        this.sending.pump();
        break;
      case "status":
        this.timeline.read(this.timeline.conversation, frame.read_seq ?? 0);
        this.takeStatus(frame);
        break;
      case "availability":
        this.hours.open(frame);
        break;
      case "typing":
        this.typing.show(frame.on ? frame.author : null);
        break;
      case "rated":
        this.outbox.drop(frame.id);
        this.sending.pump();
      // falls through
      case "survey":
        if (frame.parts?.length !== 0 || this.lazy.made.Survey) {
          this.lazy.use("Survey", (survey) => survey.take(frame));
        }
        break;
      case "error":
        this.sending.refused(frame);
        break;
    }
    this.site.status(this.state);
    this.reading.update();
    this.draw();
  }

  /** @param {Frame} frame */
  takeStatus({ status, agent }) {
    Object.assign(this.state, { status, agent: agent?.name ?? null, picture: agent?.picture ?? null });
  }

  /** The page hears of what is new since it was loaded.
   * @param {import("./timeline.js").Message} message */
  addMessage(message) {
    const outcome = this.timeline.add(message);
    if (outcome === "added" && this.heard.isNew(message)) this.site.message(message);
    return outcome;
  }

  /** @param {Frame} frame */
  takeMessage(frame) {
    const message = /** @type {import("./timeline.js").Message} */ (/** @type {unknown} */ (frame));
    if (this.addMessage(message) === "gap") this.fetchGap();
    if (message.author.kind === "customer") return;
    this.typing.show(null);
    this.heard.readOut(message);
  }

  fetchGap() {
    this.connection.send({ type: "fetch", after: this.timeline.lastSeq });
  }

  fetchOlder() {
    const { top } = this.timeline;
    if (!top || this.asksOlder) return;
    this.asksOlder = this.connection.send({ type: "earlier", ...top });
  }

  /** Soon: many frames at once (a long history) are one drawing. */
  draw() {
    if (this.isDrawing) return;
    this.isDrawing = true;
    const soon = document.hidden ? setTimeout : requestAnimationFrame;
    soon(() => {
      this.isDrawing = false;
      this.drawNow();
    });
  }

  drawNow() {
    this.state.title = this.names[this.state.language] ?? this.say("assistant");
    const asked = this.outbox.isBusy("human");
    const unread = this.reading.unread.length;
    const launcher = this.appearance.launcherText(this.state.language);
    const hours = this.hours.text;
    this.view.drawFrame({ ...this.state, asked, ready: this.site.isReady, launcher, hours }, unread);
    this.hours.draw();
    const pending = [...this.outbox.pending.values()].filter(({ frame }) => frame.type !== "rate");
    this.view.drawLog(this.timeline, pending, this.typing.author, this.toEnd, unread);
    this.menu.draw();
    this.intake.draw();
    this.lazy.made.Proactive?.draw();
    this.toEnd = false;
  }
}
