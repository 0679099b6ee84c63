// Who the customer is to the site around us: the site signs it, the desk checks it, we only carry it.

/**
 * @typedef {{jwt?: string, user_id?: string, hash?: string, name?: string, email?: string}} Proof
 * @typedef {import("./chat.js").Chat} Chat
 */

export class Identity {
  /** @param {Chat} chat @param {DOMStringMap} attributes */
  constructor(chat, attributes) {
    this.chat = chat;
    const { jwt, userId, userHash, userName, userEmail } = attributes;
    /** @type {Proof | null} what the desk has not seen yet */
    this.proof = null;
    /** @type {{name?: string, email?: string}} what the page says without a signature */
    this.claims = {};
    this.take({ jwt, user_id: userId, hash: userHash, name: userName, email: userEmail });
    // Logged in or out in another tab: here too.
    addEventListener("storage", ({ key, newValue, oldValue }) => {
      const { memory } = this.chat;
      const isToken = key === memory.prefix && newValue === null;
      if (key === null || isToken) this.forget();
      else if (key === memory.key("person") && newValue) {
        if (oldValue) this.vacate();
        this.chat.connection.restart();
      }
    });
  }

  /** Who this browser's tabs say it is; nobody for a guest. */
  get who() {
    return this.chat.memory.read("person");
  }

  /** @param {Proof} proof @returns {boolean} whether there is something for the desk to check */
  take({ jwt, user_id, hash, name, email }) {
    this.claims = { name, email };
    const signed = jwt || hash;
    this.proof = signed ? { jwt, user_id, hash } : null;
    return Boolean(signed);
  }

  /** From the page's script. A chat that nobody opened yet stays closed and silent. @param {Proof} proof */
  claim(proof) {
    if (this.take(proof)) this.chat.connection.restart();
  }

  /**
   * The desk's answer. Another person than before in this browser: nothing of theirs is shown or sent.
   * @param {{id: string} | null | undefined} person
   */
  told(person) {
    const { memory } = this.chat;
    const before = memory.read("person");
    this.proof = null;
    const now = person?.id ?? null;
    if (before && before !== now) {
      memory.clear({ token: false });
      this.vacate();
    }
    if (before !== now) memory.keep("person", now);
  }

  /** The desk does not believe it: the customer goes on as a guest. @param {{code: string, message: string}} error */
  refused(error) {
    this.proof = null;
    // A page that was open for too long says nothing against who is here already.
    const isLate = error.code === "identity_expired";
    if (!isLate && this.chat.memory.read("person")) this.logout();
    this.chat.complain(error);
  }

  logout() {
    this.proof = null;
    this.claims = {};
    this.chat.memory.clear({ token: true });
    this.forget();
  }

  /** Whoever was here is gone, from this tab or another: so are the line and the open chat. */
  forget() {
    this.chat.connection.forget();
    this.vacate();
    this.chat.show(false, { focus: false });
    this.chat.state.online = true;
  }

  /** Somebody else is here now: nothing of before is shown or sent. */
  vacate() {
    const { chat } = this;
    chat.timeline.clear();
    chat.heard.upTo = -1;
    chat.outbox.clear();
    chat.intake.known = "";
    chat.files.clear();
    chat.hours.forget();
    chat.lazy.made.Transcript?.close();
    chat.view.input.value = "";
    Object.assign(chat.state, { status: "none", agent: null });
    chat.typing.show(null);
    chat.draw();
  }
}
