// The line to the desk: hello, reconnect with growing pauses, session renewal.

import { openSocket } from "./line.js";
import { Memory } from "./memory.js";
import { pauseBefore } from "./pauses.js";
import { Transport } from "./transport.js";

const PING_MS = 25_000;
const ANSWER_WITHIN_MS = 12_000;
const WELCOME_WITHIN_MS = 6_000; // of a socket: longer, and a proxy is likely to hold it back
const UNANSWERED = new Set(["typing", "seen", "language", "page"]);
const BAD_TOKEN = 1008;

/**
 * @typedef {Record<string, any>} Frame  a JSON object of docs/widget-protocol.md
 * @typedef {{token: string, desk: {id: string, name: Record<string, string>}, transcript: {mail: boolean}, form: string,
 *   availability: Frame, limits: {text: number, files?: import("./files.js").Limits | null},
 *   person: {id: string, name: string | null} | null}} Session
 * @typedef {{code: string, message: string}} Refusal
 */

export class Connection {
  /**
   * @param {{base: string, desk: string, storage: import("./outbox.js").Store,
   *   hello: () => Frame, onSession: (session: Session) => void, onFrame: (frame: Frame) => void,
   *   onState: (online: boolean) => void, onRefused: (error: Refusal) => void,
   *   stream: () => Promise<typeof import("./stream.js").openStream | null>, language: () => string,
   *   identity: {proof: object | null, who: string | null, refused: (error: Refusal) => void}}} options
   */
  constructor(options) {
    this.options = options;
    this.tries = 0;
    this.wish = 0; // milliseconds: what the desk asked for, should it fall
    this.transport = new Transport(new Memory(options.storage, this.#tokenKey));
    this.isStream = false;
    /** @type {import("./line.js").Line | null} */
    this.line = null;
    this.wanted = false;
    this.era = 0; // changes with whoever is here: an answer for somebody else is not taken
    this.connecting = false;
    this.welcomed = false;
    this.token = "";
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.answerTimer = undefined;
    addEventListener("online", () => this.#soon(0));
    addEventListener("offline", () => this.#drop());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.#soon(0);
    });
    setInterval(() => this.send({ type: "ping" }), PING_MS);
  }

  /** Opens it now and keeps it open from now on. */
  open() {
    if (this.wanted) return;
    this.wanted = true;
    void this.#connect();
  }

  /** Says anew who is here, if anybody is known or asks. */
  restart() {
    this.era += 1;
    this.#drop();
    this.tries = 0;
    this.#soon(0);
  }

  /** As if nobody had ever been here; a line that is asked for later is somebody new's. */
  forget() {
    this.era += 1;
    this.token = "";
    this.wanted = false;
    this.#drop();
  }

  /** The customer does something: a first pause, which only spreads a crowd, is over. */
  hurry() {
    if (this.tries === 1 && !this.line && !this.connecting) this.#soon(0);
  }

  /** @param {Frame} frame @returns {boolean} whether it could be handed to the network */
  send(frame) {
    if (!this.welcomed) return false;
    this.#write(frame);
    return true;
  }

  /** Asks for what is no frame; null without an answer. @param {string} path @param {object} body */
  async post(path, body) {
    const { base, desk } = this.options;
    try {
      const response = await fetch(`${base}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ desk, token: this.#remembered(), ...body }),
      });
      return await response.json();
    } catch {
      return null; // no network, a proxy's error page: whoever asked says so
    }
  }

  /** @param {Frame} frame */
  #write(frame) {
    this.line?.send(frame);
    if (!UNANSWERED.has(frame.type)) this.#expectAnswer();
  }

  /** A line that is cut without a word (a lift, a dead router) never closes: silence tells. */
  #expectAnswer(within = ANSWER_WITHIN_MS) {
    this.answerTimer ??= setTimeout(() => this.#drop(), within);
  }

  #heard() {
    clearTimeout(this.answerTimer);
    this.answerTimer = undefined;
  }

  async #connect() {
    if (!this.wanted || this.connecting || this.line) return;
    this.connecting = true;
    const session = await this.#session();
    this.isStream = this.transport.isStream;
    const open = this.isStream ? await this.options.stream() : openSocket;
    this.connecting = false;
    if (session && !open) this.transport.failed(0); // its code did not come either
    if (!session || !open) return this.#again();
    const line = open({
      base: this.options.base,
      token: session.token,
      hello: this.options.hello,
      take: (frame) => {
        if (this.line === line) this.#take(frame);
      },
      closed: (code, reason) => {
        if (this.line !== line) return;
        // Another tab may have a better one by now: that is not ours to forget.
        const isOurs = this.#remembered() === session.token;
        if (code === BAD_TOKEN && reason === "bad_token" && isOurs) this.#remember("");
        this.#drop(code);
      },
    });
    this.line = line;
    this.#expectAnswer(this.isStream ? ANSWER_WITHIN_MS : WELCOME_WITHIN_MS);
  }

  /** @param {Frame} frame */
  #take(frame) {
    this.#heard();
    if (typeof frame.retry_ms === "number") this.wish = frame.retry_ms;
    if (frame.code === "busy" && !frame.id) this.wish = 1000 * frame.retry_after;
    if (frame.type === "welcome") {
      this.tries = 0;
      this.welcomed = true;
      this.transport.worked(this.isStream);
      this.options.onState(true);
    }
    this.options.onFrame(frame);
  }

  /** This line is over; a new one follows. @param {number} [code] why, if it said so */
  #drop(code = 0) {
    const { line } = this;
    if (!line) return;
    this.line = null;
    if (!this.welcomed && navigator.onLine) this.transport.failed(code);
    this.welcomed = false;
    this.#heard();
    line.close();
    this.options.onState(false);
    this.#again(code);
  }

  /** @returns {Promise<Session | null>} */
  async #session() {
    const { base, desk, onSession, onState, onRefused, identity, language } = this.options;
    const { proof, who } = identity;
    const { era } = this;
    const patience = new AbortController();
    const giveUp = setTimeout(() => patience.abort(), ANSWER_WITHIN_MS);
    try {
      const response = await fetch(`${base}/widget/session`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ desk, token: this.#remembered() || null, language: language(), identity: proof }),
        signal: patience.signal,
      });
      const body = await response.json();
      if (era !== this.era || who !== identity.who) return null; // somebody else came or went meanwhile
      if (response.status === 401 && proof) {
        identity.refused(body.error);
        return await this.#session();
      }
      if (response.status === 403 || response.status === 404) {
        this.wanted = false;
        onRefused(body.error);
        return null;
      }
      if (!response.ok) throw new Error(`session: ${response.status}`);
      this.#remember(body.token);
      onSession(body);
      return body;
    } catch {
      onState(false); // no network, a proxy's error page, a desk that restarts: all tried again
      return null;
    } finally {
      clearTimeout(giveUp);
    }
  }

  #again(code = 0) {
    this.tries += 1;
    this.#soon(pauseBefore(this.tries, code, Math.random, this.wish));
  }

  /** @param {number} pause milliseconds */
  #soon(pause) {
    clearTimeout(this.timer);
    if (!this.wanted) return;
    this.timer = setTimeout(() => void this.#connect(), pause);
  }

  get #tokenKey() {
    return `firstline:${this.options.desk}`;
  }

  #remembered() {
    try {
      return this.options.storage.getItem(this.#tokenKey) ?? this.token;
    } catch {
      return this.token;
    }
  }

  /** @param {string} token */
  #remember(token) {
    this.token = token;
    try {
      this.options.storage.setItem(this.#tokenKey, token);
    } catch {
      // Storage is blocked: the visitor is known for as long as the page lives.
    }
  }
}
