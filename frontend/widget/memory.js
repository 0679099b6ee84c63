// What this browser remembers of a desk: the visitor's language, whether the chat is open, what was read.

/** @returns {import("./outbox.js").Store} */
export function storage() {
  try {
    return window.localStorage;
  } catch {
    const kept = new Map();
    return {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
    };
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
}
