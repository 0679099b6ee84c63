// How files come in: chosen, pasted or dropped. What becomes of them is fetched then (uploads.js).

import { element, icon } from "./dom.js";

/**
 * @typedef {import("./carried.js").Attachment} Attachment
 * @typedef {{bytes: number, count: number, extensions: string[]}} Limits
 */

export class Files {
  /** @param {import("./chat.js").Chat} chat */
  constructor(chat) {
    this.chat = chat;
    this.say = chat.say.bind(chat);
    /** Null where no files are taken; not known before the first session. @type {Limits | null | undefined} */
    this.limits = undefined;
    /** Chosen without a line, before there was anything to take them. @type {File[]} */
    this.held = [];
    /** The uploads while they are being fetched. @type {Promise<void> | null} */
    this.coming = null;
    this.field = element("input", { type: "file", multiple: true, hidden: true });
    this.field.onchange = () => {
      this.take([...(this.field.files ?? [])]);
      this.field.value = "";
    };
    this.button = element("button", { className: "tool", type: "button", hidden: true }, icon("attach"));
    this.button.onclick = () => this.field.click();
    this.tray = element("ul", { className: "tray", hidden: true });
    chat.view.carry(this, chat.base);
  }

  /** The panel takes what is dropped, the field what is pasted.
   * @param {HTMLElement} panel @param {HTMLElement} input */
  listen(panel, input) {
    input.addEventListener("paste", (event) => {
      const { files, types } = /** @type {DataTransfer} */ (event.clipboardData);
      // Office programs put a picture of the text beside the text.
      if (!files.length || types.includes("text/plain") || this.limits === null) return;
      event.preventDefault();
      this.take([...files]);
    });
    /** @param {boolean} on */
    const mark = (on) => panel.classList.toggle("drop", on);
    panel.addEventListener("dragover", (event) => {
      if (this.limits === null || !event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      mark(true);
    });
    panel.addEventListener("dragleave", ({ relatedTarget }) => {
      if (!panel.contains(/** @type {Node | null} */ (relatedTarget))) mark(false);
    });
    panel.addEventListener("drop", (event) => {
      mark(false);
      if (this.limits === null || !event.dataTransfer?.files.length) return;
      event.preventDefault();
      this.take([...event.dataTransfer.files]);
    });
  }

  draw() {
    this.button.hidden = !this.limits;
    this.button.setAttribute("aria-label", this.say("attach"));
    if (this.limits) this.field.accept = this.limits.extensions.join();
  }

  /** @returns {import("./uploads.js").Uploads | undefined} */
  get uploads() {
    return this.chat.lazy.made.Uploads;
  }

  /** @param {File[]} chosen */
  take(chosen) {
    this.held.push(...chosen);
    this.coming = this.chat.lazy.use("Uploads", (uploads) => uploads.take(this.held.splice(0)));
    void this.coming.then(() => (this.coming = null));
  }

  resume() {
    if (this.held.length) this.take([]);
    this.uploads?.resume();
  }

  /** Somebody else is here now. */
  clear() {
    for (const item of [...(this.uploads?.items ?? [])]) this.uploads?.remove(item);
  }

  /**
   * What is ready for the message; null while something is on its way: `after` is called then.
   * @param {() => void} after @returns {Attachment[] | null}
   */
  pack(after) {
    if (this.uploads || !this.coming) return this.uploads ? this.uploads.pack(after) : [];
    void this.coming.then(after);
    return null;
  }
}
