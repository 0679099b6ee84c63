// Whether the desk can be reached now, in the desk's own words; and what “talk to a person” means then.

export class Hours {
  /** @param {import("./chat.js").Chat} chat */
  constructor(chat) {
    this.chat = chat;
    /** @type {{form: boolean, open: boolean, text: Record<string, string>} | null} */
    this.now = null;
  }

  /** @param {import("./connection.js").Frame | undefined} availability */
  take(availability) {
    this.now = /** @type {any} */ (availability) ?? this.now;
  }

  /** “Open now”, “Opens on Monday at 8:00”. */
  get text() {
    return this.now?.text[this.chat.state.language] ?? "";
  }

  /** A form while nobody can come, else the queue. */
  human() {
    const { chat } = this;
    if (this.now?.form) return chat.leave.ask();
    if (!chat.outbox.isBusy("human")) chat.dispatch({ type: "human" });
  }
}
