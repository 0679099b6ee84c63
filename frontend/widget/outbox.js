// What the customer sent and the desk has not acknowledged yet: kept over reloads, sent in order,
// one at a time, so that a message which has to wait is never overtaken. No DOM, no network.

/**
 * @typedef {{type: string, id: string, text?: string, payload?: string, title?: string,
 *   seq?: number, conversation?: string, scores?: Record<string, number>, comment?: string, attachments?: import("./carried.js").Attachment[]}} Outgoing  a frame that the server has not acknowledged yet
 * @typedef {{frame: Outgoing, problem: string | null}} Pending
 * @typedef {Pick<Storage, "getItem" | "setItem" | "removeItem">} Store
 */

export class Outbox {
  /** @param {Store} store @param {string} key */
  constructor(store, key) {
    this.store = store;
    this.key = key;
    /** @type {Map<string, Pending>} */
    this.pending = new Map(this.#stored().map((entry) => [entry.frame.id, entry]));
    /** @type {Map<string, string>} committed, but not yet in sight: id to conversation */
    this.committed = new Map();
    /** @type {Map<string, number>} how often the desk could not take a frame, by its own fault */
    this.failures = new Map();
    /** @type {string | null} the frame whose acknowledgement we wait for */
    this.inFlight = null;
  }

  /** @param {Outgoing} frame */
  add(frame) {
    this.#keep({ frame, problem: null });
  }

  /** The frame to send now, oldest first; null while another is on its way. */
  next() {
    if (this.inFlight) return null;
    const waiting = [...this.pending.values()].find((entry) => this.#waits(entry));
    this.inFlight = waiting?.frame.id ?? null;
    return waiting?.frame ?? null;
  }

  /** Whether such a frame is on its way. @param {string} [type] */
  isBusy(type) {
    return [...this.pending.values()].some(
      ({ frame, problem }) => problem === null && (!type || frame.type === type),
    );
  }

  /** What a tab that is gone has left behind goes out from here. Its tab may be slow and not gone:
   * then it goes out twice, and the desk takes it once. */
  adopt() {
    for (const entry of this.#stored()) {
      if (entry.problem === null && !this.pending.has(entry.frame.id)) this.pending.set(entry.frame.id, entry);
    }
  }

  /** The connection broke: what was on its way is sent again. */
  lost() {
    this.inFlight = null;
  }

  /** The desk could not take it this time; it stays the next one. @param {string} id */
  postpone(id) {
    if (this.inFlight === id) this.inFlight = null;
    this.failures.set(id, (this.failures.get(id) ?? 0) + 1);
    return this.failures.get(id) ?? 0;
  }

  /**
   * The desk has it: a reload would find it in the history. Shown from here until it is seen there.
   * @param {string} id @param {string} conversation
   */
  commit(id, conversation) {
    if (this.inFlight === id) this.inFlight = null;
    if (!this.pending.has(id)) return;
    this.committed.set(id, conversation);
    this.#write((stored) => stored.filter(({ frame }) => frame.id !== id));
  }

  /** The server refused it for good. @param {string} id @param {string} problem */
  refuse(id, problem) {
    if (this.inFlight === id) this.inFlight = null;
    const entry = this.pending.get(id);
    if (entry) this.#keep({ ...entry, problem });
  }

  /** It is in the history, or given up. @param {string} id */
  drop(id) {
    if (this.inFlight === id) this.inFlight = null;
    if (!this.pending.delete(id)) return;
    this.committed.delete(id);
    this.failures.delete(id);
    this.#write((stored) => stored.filter(({ frame }) => frame.id !== id));
  }

  /** What was committed to another conversation is not going to be seen in this one.
   * @param {string | null} conversation */
  dropCommittedOutside(conversation) {
    for (const [id, where] of [...this.committed]) if (where !== conversation) this.drop(id);
  }

  /** Somebody else is here now: what waited was not theirs. */
  clear() {
    this.pending.clear();
    this.committed.clear();
    this.failures.clear();
    this.inFlight = null;
  }

  /** @param {Pending} entry */
  #waits({ frame, problem }) {
    return problem === null && !this.committed.has(frame.id);
  }

  /** @param {Pending} entry */
  #keep(entry) {
    const { id } = entry.frame;
    this.pending.set(id, entry);
    this.#write((stored) => [...stored.filter(({ frame }) => frame.id !== id), entry]);
  }

  /** Other tabs keep their frames in the same place: change our own, leave theirs.
   * @param {(stored: Pending[]) => Pending[]} change */
  #write(change) {
    const changed = change(this.#stored());
    try {
      if (changed.length === 0) this.store.removeItem(this.key);
      else this.store.setItem(this.key, JSON.stringify(changed));
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
