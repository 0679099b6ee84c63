// Socket or stream? Found out by trying, and remembered. No DOM, no network.

/** So many sockets in a row that never were welcomed, while plain requests were answered. */
const MISSES = 2;
const REMEMBERED_MS = 3_600_000;
/** A close code from here on came from the desk itself: then sockets do work. */
const SAID_BY_DESK = 1007;

export class Transport {
  /** @param {import("./memory.js").Memory} memory @param {() => number} now */
  constructor(memory, now = Date.now) {
    this.memory = memory;
    this.now = now;
    this.until = Number(memory.read("stream"));
    this.misses = this.until > now() ? MISSES : 0;
  }

  /** Whether the next line is to be a stream. Where that fails as well, each in turn. */
  get isStream() {
    if (this.until && this.until <= this.now()) {
      this.until = 0;
      this.misses = MISSES - 1; // a socket gets one more chance
    }
    return this.misses >= MISSES && (this.misses - MISSES) % 2 === 0;
  }

  /** The line was welcomed. @param {boolean} isStream */
  worked(isStream) {
    this.misses = isStream ? MISSES : 0;
    this.until = isStream ? this.now() + REMEMBERED_MS : 0;
    this.memory.keep("stream", isStream ? String(this.until) : null);
  }

  /** The line ended before it was welcomed. @param {number} code */
  failed(code) {
    if (code < SAID_BY_DESK) this.misses += 1;
  }
}
