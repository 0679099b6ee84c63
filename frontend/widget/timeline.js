// What was said, in order and without gaps. No DOM, no network.

/**
 * @typedef {{title: string, payload: string}} Button
 * @typedef {{conversation: string, seq: number, id: string | null, at: string, day?: string, text: string,
 *   author: {kind: "customer" | "bot" | "agent" | "system", name: string | null, picture?: string | null},
 *   buttons: Button[], image: string | null, attachments?: import("./carried.js").Attachment[],
 *   cards?: import("./carried.js").Card[]}} Message
 */

export class Timeline {
  /** @param {import("./outbox.js").Outbox} outbox what the customer's own messages come from */
  constructor(outbox) {
    this.outbox = outbox;
    /** @type {string | null} */
    this.conversation = null;
    /** @type {Message[]} the current conversation, seq 1, 2, 3 … */
    this.messages = [];
    /** @type {Message[]} conversations before this one, as far as this page has seen them */
    this.earlier = [];
    /** How many messages of the current conversation come before these. */
    this.base = 0;
    /** Whether the desk has more of what comes before all of these. */
    this.hasMore = false;
    this.highestSeq = 0;
    /** How far the bot or an agent has read. */
    this.readSeq = 0;
    /** With which message the news begin; 0: there are none. */
    this.newFrom = 0;
  }

  get lastSeq() {
    return this.base + this.messages.length;
  }

  /** Whether a later message has shown that something is missing. */
  get isBehind() {
    return this.highestSeq > this.lastSeq;
  }

  /** This conversation goes on from here. @param {string | null} conversation */
  enter(conversation) {
    if (conversation === this.conversation) return;
    this.earlier = [...this.earlier, ...this.messages].filter(
      (message) => message.conversation !== conversation,
    );
    this.conversation = conversation;
    this.messages = [];
    this.base = this.highestSeq = this.readSeq = this.newFrom = 0;
    this.outbox.dropCommittedOutside(conversation);
  }

  /** Somebody else is here now. */
  clear() {
    this.enter(null);
    this.earlier = [];
    this.hasMore = false;
  }

  /** The desk greets. To a page that has nothing yet it tells where it begins.
   * @param {{conversation: string | null, read_seq?: number, first_seq?: number | null, earlier?: boolean | null}} welcome */
  begin({ conversation, read_seq: readSeq = 0, first_seq: firstSeq, earlier }) {
    this.enter(conversation);
    this.read(conversation, readSeq);
    if (!firstSeq || this.messages.length) return;
    this.base = firstSeq - 1;
    this.hasMore = Boolean(earlier);
  }

  /** @param {string | null} conversation @param {number} seq */
  read(conversation, seq) {
    if (conversation === this.conversation) this.readSeq = Math.max(this.readSeq, seq);
  }

  /** The place before which there is more, if there is. */
  get top() {
    const first = this.earlier[0] ?? this.messages[0];
    return this.hasMore && first ? { conversation: first.conversation, before: first.seq } : null;
  }

  /** The page before. @param {{conversation: string, before: number, messages: Message[], more: boolean}} page */
  addEarlier({ conversation, before, messages, more }) {
    const { top } = this;
    if (top?.conversation !== conversation || top.before !== before) return;
    const isCurrent = messages[0]?.conversation === this.conversation;
    if (isCurrent) this.base = messages[0].seq - 1;
    (isCurrent ? this.messages : this.earlier).unshift(...messages);
    this.hasMore = more;
  }

  /**
   * Takes a message in, once and in order.
   * @param {Message} message
   * @returns {"added" | "known" | "gap"} after "gap", fetch what follows `lastSeq`
   */
  add(message) {
    if (message.id) this.outbox.drop(message.id);
    if (this.#isEarlier(message.conversation)) return "known";
    this.enter(message.conversation);
    this.highestSeq = Math.max(this.highestSeq, message.seq);
    if (message.seq <= this.lastSeq) return "known";
    if (message.seq > this.lastSeq + 1) return "gap";
    this.messages.push(message);
    return "added";
  }

  /**
   * The server has committed it; its message follows, or is here already.
   * @param {string} id @param {string} conversation @param {boolean} [duplicate]
   */
  acknowledge(id, conversation, duplicate) {
    this.outbox.commit(id, conversation);
    // A stream may tell of a new conversation later than the ack of what began it.
    if (!duplicate && !this.#isEarlier(conversation)) this.enter(conversation);
    const isHere = this.messages.some((message) => message.id === id);
    if (isHere || conversation !== this.conversation) this.outbox.drop(id);
  }

  /** The messages whose buttons may still be pressed: what the bot has said since anyone else has. */
  get offers() {
    if (this.outbox.isBusy()) return [];
    const others = this.messages.filter((message) => message.author.kind !== "bot");
    const since = others[others.length - 1]?.seq ?? 0;
    return this.messages.filter((message) => message.seq > since && hasButtons(message));
  }

  /** A late answer about a conversation that is over. @param {string} conversation */
  #isEarlier(conversation) {
    return (
      conversation !== this.conversation &&
      this.earlier.some((message) => message.conversation === conversation)
    );
  }
}

/** @param {Message} message */
function hasButtons({ buttons, cards = [] }) {
  return buttons.length > 0 || cards.some((card) => card.buttons.length);
}
