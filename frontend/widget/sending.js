// What the customer sent goes out one at a time, waits when the desk asks for it, or is refused.

const PAUSE_SECONDS = 3;
const MOST_FAILURES = 5;

export class Sending {
  /** @param {import("./chat.js").Chat} chat */
  constructor(chat) {
    this.chat = chat;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.pause = undefined;
  }

  /** Sends the next frame that waits, unless the desk asked for a pause. */
  pump() {
    const { connection, intake, outbox } = this.chat;
    if (this.pause || intake.isNeeded || !connection.welcomed) return;
    const frame = outbox.next();
    if (frame) connection.send(frame);
  }

  /** What the desk says against a frame. @param {import("./connection.js").Frame} frame */
  refused({ id, code, message, retry_after: retryAfter }) {
    const { hours, outbox, view } = this.chat;
    const entry = id && outbox.pending.get(id);
    if (!entry) return;
    const comesAgain =
      code === "rate_limited" || code === "busy" || (code === "server_error" && outbox.postpone(id) < MOST_FAILURES);
    if (comesAgain) {
      outbox.lost();
      this.#pumpAfter(retryAfter ?? PAUSE_SECONDS);
      return;
    }
    if (entry.frame.type === "message") {
      outbox.refuse(id, message);
    } else {
      outbox.drop(id);
      if (code === "bad_contact") void hours.ask(/** @type {any} */ (entry.frame), message);
      else view.tell(message);
    }
    this.pump();
  }

  /** @param {number} seconds */
  #pumpAfter(seconds) {
    clearTimeout(this.pause);
    this.pause = setTimeout(() => {
      this.pause = undefined;
      this.pump();
    }, seconds * 1000);
  }
}
