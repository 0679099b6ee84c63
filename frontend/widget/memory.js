// What this browser remembers of a desk: the visitor's language, whether the chat is open, what was read.

/** What stands in for the browser's storage where that is blocked: lasts as long as the page. */
class Kept {
  /** @param {string} key @returns {string | null} */
  getItem(key) {
    return /** @type {any} */ (this)[key] ?? null;
  }

  /** @param {string} key @param {string} value */
  setItem(key, value) {
    Reflect.set(this, key, value);
  }

  /** @param {string} key */
  removeItem(key) {
    Reflect.deleteProperty(this, key);
  }
}

/** @returns {import("./outbox.js").Store} */
export function storage() {
  try {
    const store = window.localStorage;
    store.getItem("firstline");
    return store;
  } catch {
    console.info("Firstline: this browser blocks storage, so the chat is remembered for as long as this page is open.");
    return new Kept();
  }
}

export class Memory {
  /** @param {import("./outbox.js").Store} store @param {string} prefix */
  constructor(store, prefix) {
    this.store = store;
    this.prefix = prefix;
    /** @type {Map<string, string | null>} what a full or blocked storage did not take */
    this.unkept = new Map();
  }

  /** @param {string} name */
  key(name) {
    return `${this.prefix}:${name}`;
  }

  /** @param {string} name @returns {string | null} */
  read(name) {
    if (this.unkept.has(name)) return this.unkept.get(name) ?? null;
    try {
      return this.store.getItem(this.key(name));
    } catch {
      return null;
    }
  }

  /** @param {string} name @param {string | null} value */
  keep(name, value) {
    try {
      if (value === null) this.store.removeItem(this.key(name));
      else this.store.setItem(this.key(name), value);
      this.unkept.delete(name);
    } catch {
      this.unkept.set(name, value);
    }
  }

  /** Whoever was here leaves no trace. @param {{token: boolean}} what whether the token goes as well */
  clear({ token }) {
    this.unkept.clear();
    const own = Object.keys(this.store).filter((key) => (token && key === this.prefix) || key.startsWith(this.key("")));
    for (const key of own) this.store.removeItem(key);
  }
}
