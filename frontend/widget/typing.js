// Who is writing: the customer, as agents see it; the others, as the customer sees it.

const TOLD_EVERY_MS = 3000;
const SHOWN_MS = 8000;

export class Typing {
  /** @param {import("./chat.js").Chat} chat */
  constructor(chat) {
    this.chat = chat;
    this.last = 0;
    /** @type {{kind: string, name: string | null} | null} */
    this.author = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  /** The customer writes, or has stopped. @param {boolean} on */
  tell(on) {
    if (on ? Date.now() - this.last < TOLD_EVERY_MS : !this.last) return;
    this.last = on ? Date.now() : 0;
    this.chat.connection.send({ type: "typing", on });
  }

  /** @param {{kind: string, name: string | null} | null} author null: nobody writes any more */
  show(author) {
    this.author = author;
    clearTimeout(this.timer);
    if (author) {
      this.timer = setTimeout(() => {
        this.author = null;
        this.chat.draw();
      }, SHOWN_MS);
    }
  }
}
