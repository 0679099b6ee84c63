/** A browser's storage, for tests. */
export function fakeStorage() {
  /** @type {Map<string, string>} */
  const kept = new Map();
  return {
    get size() {
      return kept.size;
    },
    getItem: (/** @type {string} */ key) => kept.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => void kept.set(key, value),
    removeItem: (/** @type {string} */ key) => void kept.delete(key),
  };
}
