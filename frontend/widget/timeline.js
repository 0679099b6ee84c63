// What was said, in order and without gaps. No DOM, no network.

/**
 * @typedef {{title: string, payload: string}} Button
 * @typedef {{conversation: string, seq: number, id: string | null, at: string, text: string,
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
    this.highestSeq = 0;
  }

  get lastSeq() {
    return this.messages.length;
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
    this.highestSeq = 0;
    this.outbox.dropCommittedOutside(conversation);
  }

  /** Somebody else is here now. */
  clear() {
    this.enter(null);
    this.earlier = [];
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
   * @param {string} id @param {string} conversation
   */
  acknowledge(id, conversation) {
    this.outbox.commit(id, conversation);
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
