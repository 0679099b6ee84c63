// How far the customer has read, in whichever tab; where the news begin.

/**
 * @typedef {import("./timeline.js").Message} Message
 * @typedef {{memory: import("./memory.js").Memory, timeline: import("./timeline.js").Timeline,
 *   isLooking: () => boolean, tell: (seq: number) => void}} Context
 */

export class Reading {
  /** @param {Context} context */
  constructor(context) {
    this.context = context;
  }

  /** The last message that was seen. */
  get seen() {
    const { memory, timeline } = this.context;
    return memory.read("seenIn") === timeline.conversation ? Number(memory.read("seen")) : 0;
  }

  /** What others have said since. @returns {Message[]} */
  get unread() {
    const { seen } = this;
    return this.context.timeline.messages.filter((m) => m.seq > seen && m.author.kind !== "customer");
  }

  /** What came in while this browser was away is new to its customer. @param {number} lastSeq */
  begin(lastSeq) {
    if (this.seen && this.seen < lastSeq) this.#mark(this.seen + 1);
  }

  /** Something came in, or the customer looks again. */
  update() {
    const { memory, timeline, isLooking } = this.context;
    const { conversation, lastSeq } = timeline;
    const [first] = this.unread;
    if (!conversation) return;
    if (!isLooking()) {
      if (first) this.#mark(first.seq);
      return;
    }
    if (this.seen >= lastSeq) return;
    memory.keep("seenIn", conversation);
    memory.keep("seen", String(lastSeq));
    this.tell();
  }

  tell() {
    if (this.seen) this.context.tell(this.seen);
  }

  /** @param {number} seq */
  #mark(seq) {
    const { timeline } = this.context;
    if (timeline.newFrom <= this.seen) timeline.newFrom = seq;
  }
}
