// Letters without case and diacritics, as the desk folds them.

/** @param {string} words */
export const folded = (words) => words.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").replace(/ł/g, "l");
