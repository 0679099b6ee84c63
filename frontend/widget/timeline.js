// What was said, in order and without gaps, and what still has to be sent. No DOM, no network.

/**
 * @typedef {{title: string, payload: string}} Button
 * @typedef {{conversation: string, seq: number, id: string | null, at: string, text: string,
 *   author: {kind: "customer" | "bot" | "agent" | "system", name: string | null},
 *   buttons: Button[], image: string | null}} Message
 * @typedef {{type: string, id: string, text?: string, payload?: string, title?: string,
 *   seq?: number}} Outgoing  a frame that the server has not acknowledged yet
 * @typedef {{frame: Outgoing, at: string, problem: string | null}} Pending
 * @typedef {Pick<Storage, "getItem" | "setItem" | "removeItem">} Store
 */

export class Timeline {
  /** @param {Store} store @param {string} key */
  constructor(store, key) {
    this.store = store;
    this.key = key;
    /** @type {string | null} */
    this.conversation = null;
    /** @type {Message[]} the current conversation, seq 1, 2, 3 … */
    this.messages = [];
    /** @type {Message[]} conversations before this one, as far as this page has seen them */
    this.earlier = [];
    /** @type {Map<string, Pending>} */
    this.pending = new Map(this.#stored().map((entry) => [entry.frame.id, entry]));
  }

  get lastSeq() {
    return this.messages.length;
  }

  /** A new conversation began. @param {string | null} conversation */
  enter(conversation) {
    if (conversation === this.conversation) return;
    this.earlier.push(...this.messages);
    this.conversation = conversation;
    this.messages = [];
  }

  /**
   * Takes a message in, once and in order.
   * @param {Message} message
   * @returns {"added" | "known" | "gap"} after "gap", fetch what follows `lastSeq`
   */
  add(message) {
    this.enter(message.conversation);
    if (message.id) this.#settle(message.id);
    if (message.seq <= this.lastSeq) return "known";
    if (message.seq > this.lastSeq + 1) return "gap";
    this.messages.push(message);
    return "added";
  }

  /** Keeps a frame until it is acknowledged, also over a reload. @param {Outgoing} frame */
  send(frame) {
    this.pending.set(frame.id, { frame, at: new Date().toISOString(), problem: null });
    this.#save();
  }

  /** The server has committed it; its message follows, or is here already. @param {string} id */
  acknowledge(id) {
    const entry = this.pending.get(id);
    if (!entry) return;
    if (this.messages.some((message) => message.id === id)) this.#settle(id);
    else this.#save();
  }

  /** The server refused it for good. @param {string} id @param {string} problem */
  refuse(id, problem) {
    const entry = this.pending.get(id);
    if (!entry) return;
    entry.problem = problem;
    this.#save();
  }

  /** Forgets a refused frame, to send it anew or not at all. @param {string} id */
  forget(id) {
    this.#settle(id);
  }

  /** What has to be sent again after a reconnect, oldest first. */
  unsent() {
    return [...this.pending.values()].filter((entry) => entry.problem === null).map((e) => e.frame);
  }

  /** @param {string} id */
  #settle(id) {
    if (this.pending.delete(id)) this.#save();
  }

  #save() {
    try {
      if (this.pending.size === 0) this.store.removeItem(this.key);
      else this.store.setItem(this.key, JSON.stringify([...this.pending.values()]));
    } catch {
      // A browser that blocks storage still chats; it only cannot keep a message over a reload.
    }
  }

  /** @returns {Pending[]} */
  #stored() {
    try {
      const entries = JSON.parse(this.store.getItem(this.key) ?? "[]");
      return Array.isArray(entries) ? entries.filter((entry) => entry?.frame?.id) : [];
    } catch {
      return [];
    }
  }
}
