// Files on their way: uploaded at once, and sent with the next message. Fetched with the first file.

import { element, icon } from "./dom.js";

const LONGEST_EDGE = 2560;

/**
 * @typedef {import("./carried.js").Attachment} Attachment
 * @typedef {{name: string, blob: Blob, key: string, row: HTMLElement, request?: XMLHttpRequest,
 *   kept?: Attachment, failed?: boolean, lost?: boolean}} Item
 */

export class Uploads {
  /** @param {import("./chat.js").Chat} chat */
  constructor(chat) {
    this.chat = chat;
    this.files = chat.files;
    this.say = chat.say.bind(chat);
    /** @type {Item[]} */
    this.items = [];
    /** What waits for the last upload. @type {(() => void) | null} */
    this.after = null;
  }

  /** @param {File[]} chosen */
  take(chosen) {
    for (const file of chosen) {
      const key = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
      const row = element("li", {});
      const item = /** @type {Item} */ ({ name: file.name, blob: file, key, row });
      this.items.push(item);
      this.files.tray.append(row);
      void this.#start(item);
    }
    this.#settle();
  }

  /** @param {Item} item */
  async #start(item) {
    item.failed = item.lost = false;
    if (!this.files.limits) return this.#lose(item);
    const { bytes, count } = this.files.limits;
    if (this.items.indexOf(item) >= count) return this.#fail(item, this.say("file_many", { limit: count }), false);
    this.#show(item, element("progress", { max: 1, value: 0, "aria-label": item.name }));
    item.blob = await smaller(item.blob, bytes);
    if (!this.items.includes(item)) return;
    if (item.blob.size > bytes) return this.#fail(item, this.say("file_large", { limit: bytes >> 20 }), false);
    this.#send(item);
  }

  /** @param {Item} item */
  #send(item) {
    const bar = element("progress", { max: 1, value: 0, "aria-label": item.name });
    const request = new XMLHttpRequest();
    item.request = request;
    this.#show(item, bar);
    const { base, desk, state, connection } = this.chat;
    request.open("POST", `${base}/widget/files?desk=${encodeURIComponent(desk)}&language=${state.language}`);
    request.responseType = "json";
    request.setRequestHeader("Authorization", `Bearer ${connection.token}`);
    request.setRequestHeader("X-File", item.key);
    request.setRequestHeader("X-Name", encodeURIComponent(item.name.slice(-300).replace(/\p{Surrogate}/gu, "")));
    request.upload.onprogress = ({ loaded, total }) => {
      bar.value = loaded / total;
    };
    request.onload = () => {
      const { status, response } = request;
      if (status !== 201) return this.#fail(item, response?.error?.message ?? "", status > 428 || status === 401);
      item.kept = response;
      this.#show(item, element("small", {}, "✓"));
      this.#settle();
    };
    request.onerror = () => this.#lose(item);
    request.send(item.blob);
  }

  /** No line, now. @param {Item} item */
  #lose(item) {
    item.lost = true;
    this.#fail(item, "", true);
  }

  /** @param {Item} item @param {string} problem @param {boolean} mayPass */
  #fail(item, problem, mayPass) {
    item.failed = true;
    const words = element("small", { role: "alert" }, `${this.say("failed")}${problem && ": "}${problem}`);
    const again = element("button", { type: "button", onclick: () => void this.#start(item) }, this.say("retry"));
    this.#show(item, words, ...(mayPass ? [again] : []));
    this.#settle();
  }

  /** @param {Item} item @param {HTMLElement[]} state */
  #show(item, ...state) {
    const away = element("button", { type: "button", onclick: () => this.remove(item) }, icon("close"));
    away.setAttribute("aria-label", this.say("remove", { name: item.name }));
    item.row.className = item.failed ? "failed" : "";
    item.row.replaceChildren(element("bdi", {}, item.name), ...state, away);
  }

  /** @param {Item} item */
  remove(item) {
    item.request?.abort();
    this.#drop([item]);
    this.chat.view.rest();
  }

  /** @param {Item[]} gone */
  #drop(gone) {
    this.items = this.items.filter((item) => !gone.includes(item));
    for (const { row } of gone) row.remove();
    this.#settle();
  }

  #settle() {
    this.files.tray.hidden = !this.items.length;
    const { after } = this;
    if (!after || this.#isBusy) return;
    this.after = null;
    after();
  }

  get #isBusy() {
    return this.items.some(({ kept, failed }) => !kept && !failed);
  }

  /** What was cut off goes on. */
  resume() {
    for (const item of this.items) if (item.lost) void this.#start(item);
  }

  /**
   * What is ready for the message, and no longer here; null while something is on its way: `after` is
   * called then. What was not taken stays.
   * @param {() => void} after @returns {Attachment[] | null}
   */
  pack(after) {
    if (this.#isBusy) {
      this.after = after;
      return null;
    }
    const ready = this.items.filter(({ kept }) => kept);
    this.#drop(ready);
    return ready.map(({ kept }) => /** @type {Attachment} */ (kept));
  }
}

/** A photo that is too large, smaller; anything else, and what the browser cannot read, as it is.
 * @param {Blob} blob @param {number} most */
async function smaller(blob, most) {
  if (blob.size <= most || !/^image\/(jpeg|png|webp)$/.test(blob.type)) return blob;
  try {
    const picture = await createImageBitmap(blob);
    const scale = Math.min(1, LONGEST_EDGE / Math.max(picture.width, picture.height));
    const canvas = element("canvas", { width: picture.width * scale, height: picture.height * scale });
    canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    return await new Promise((done) => canvas.toBlob((made) => done(made ?? blob), "image/jpeg", 0.85));
  } catch {
    return blob;
  }
}
