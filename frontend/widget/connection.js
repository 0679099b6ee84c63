// The socket to the desk: hello, reconnect with growing pauses, session renewal.

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 20_000;
const PING_MS = 25_000;
const BAD_TOKEN = 1008;

/**
 * @typedef {Record<string, any>} Frame  a JSON object of docs/widget-protocol.md
 * @typedef {{token: string, desk: {id: string, name: Record<string, string>}, limits: {text: number}}} Session
 */

export class Connection {
  /**
   * @param {{base: string, desk: string, storage: import("./timeline.js").Store,
   *   hello: () => Frame, onSession: (session: Session) => void, onFrame: (frame: Frame) => void,
   *   onState: (online: boolean) => void, onUnknownDesk: (message: string) => void}} options
   */
  constructor(options) {
    this.options = options;
    this.tries = 0;
    /** @type {WebSocket | null} */
    this.socket = null;
    this.wanted = false;
    this.connecting = false;
    this.token = "";
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    addEventListener("online", () => this.#soon(0));
  }

  get isOpen() {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  /** Opens it now and keeps it open from now on. */
  open() {
    if (this.wanted) return;
    this.wanted = true;
    void this.#connect();
  }

  /** @param {Frame} frame @returns {boolean} whether it could be handed to the network */
  send(frame) {
    if (!this.isOpen) return false;
    this.socket?.send(JSON.stringify(frame));
    return true;
  }

  async #connect() {
    if (this.connecting || this.socket) return;
    this.connecting = true;
    const session = await this.#session();
    this.connecting = false;
    if (!session) return this.#again();
    const { base, onFrame, onState, hello } = this.options;
    const socket = new WebSocket(`${base.replace(/^http/, "ws")}/widget/socket`);
    this.socket = socket;
    socket.onopen = () => socket.send(JSON.stringify({ ...hello(), token: session.token }));
    socket.onmessage = ({ data }) => {
      const frame = JSON.parse(data);
      if (frame.type === "welcome") {
        this.tries = 0;
        onState(true);
      }
      onFrame(frame);
    };
    socket.onclose = ({ code, reason }) => {
      if (this.socket !== socket) return;
      this.socket = null;
      onState(false);
      if (code === BAD_TOKEN && reason === "bad_token") this.#remember("");
      this.#again();
    };
    const pinging = setInterval(() => {
      if (this.socket !== socket) clearInterval(pinging);
      else this.send({ type: "ping" });
    }, PING_MS);
  }

  /** @returns {Promise<Session | null>} */
  async #session() {
    const { base, desk, onSession, onUnknownDesk } = this.options;
    try {
      const response = await fetch(`${base}/widget/session`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ desk, token: this.#remembered() || null }),
      });
      const body = await response.json();
      if (response.status === 404) {
        this.wanted = false;
        onUnknownDesk(body.error.message);
        return null;
      }
      if (!response.ok) return null;
      this.#remember(body.token);
      onSession(body);
      return body;
    } catch {
      this.options.onState(false);
      return null;
    }
  }

  #again() {
    this.tries += 1;
    const ceiling = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.tries - 1));
    this.#soon(ceiling * (0.5 + Math.random() / 2)); // jitter: not everyone at once
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
