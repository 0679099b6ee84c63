// Words, emphasis, code and links within a line: as bot/markup/inline.py, which says why.
// tests/bot/markup/cases.json holds both to the same answers.

const NO_ADDRESS = "\\s<>\"'\\u200b-\\u200f\\u202a-\\u202e\\u2066-\\u2069";
const BARE = `https?://[^${NO_ADDRESS}]+[^${NO_ADDRESS}.,;:!?)\\]*_\`]`;
const BRACKETS = `https?://[^${NO_ADDRESS}()]+(?:\\([^${NO_ADDRESS}()]*\\)[^${NO_ADDRESS}()]*)*`;
const TOKEN = new RegExp(
  "\\\\(?<escaped>[\\\\`*_\\[\\]()#+\\-.!>~|])|`(?<code>[^`\\n]+)`" +
    `|\\[(?<title>[^\\[\\]\\n]{1,200})\\]\\((?<url>${BRACKETS})\\)|(?<![\\p{L}\\p{N}])(?<bare>${BARE})|(?<marks>\\*+|_+)`,
  "gu",
);
const WORD = /[\p{L}\p{N}]/u;

/**
 * @typedef {{kind: "text" | "code", text: string} | {kind: "link", title: string, url: string}
 *   | {kind: "bold" | "italic", parts: Inline[]}} Inline
 * @typedef {{mark: string, parts: Inline[]}} Open
 */

/** @param {string} words @returns {Inline[]} */
export function inline(words) {
  /** @type {Open[]} */
  const stack = [{ mark: "", parts: [] }];
  let end = 0;
  for (const found of words.matchAll(TOKEN)) {
    const { escaped, code, title, url, bare, marks } = /** @type {Record<string, string>} */ (found.groups);
    text(stack, words.slice(end, found.index));
    end = found.index + found[0].length;
    if (escaped) text(stack, escaped);
    else if (code) add(stack, { kind: "code", text: code });
    else if (url) add(stack, link(title, url));
    else if (bare) add(stack, { kind: "link", title: bare, url: bare });
    else takeMarks(stack, marks, words.slice(0, found.index), words.slice(end));
  }
  text(stack, words.slice(end));
  while (stack.length > 1) giveUp(stack);
  return stack[0].parts;
}

/** @param {string} title @param {string} url @returns {Inline} */
function link(title, url) {
  const shown = title.replace(/[\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g, "").trim();
  const isHonest = shown && !shown.includes("://") && !/^www\./i.test(shown);
  return { kind: "link", title: isHonest ? shown : url, url };
}

/** @param {Open[]} stack @param {string} run @param {string} before @param {string} after */
function takeMarks(stack, run, before, after) {
  if (run.length > 3) return text(stack, run);
  const sign = run[0];
  const last = [...before.slice(-2)].pop() ?? " ";
  const next = String.fromCodePoint(after.codePointAt(0) ?? 32);
  let left = run.length;
  if (/\S/.test(last) && !WORD.test(next)) left -= close(stack, sign, left);
  while (left && /\S/.test(next) && !WORD.test(last)) {
    const mark = sign.repeat(Math.min(left, 2));
    if (stack.some((one) => one.mark.length === mark.length)) break;
    stack.push({ mark, parts: [] });
    left -= mark.length;
  }
  text(stack, sign.repeat(left));
}

/** @param {Open[]} stack @param {string} sign @param {number} left @returns {number} how many signs that took */
function close(stack, sign, left) {
  let taken = 0;
  while (taken < left) {
    let at = stack.length - 1;
    while (at > 0 && !(stack[at].mark[0] === sign && stack[at].mark.length <= left - taken)) at--;
    if (!at) break;
    while (stack.length - 1 > at) giveUp(stack);
    const { mark, parts } = /** @type {Open} */ (stack.pop());
    taken += mark.length;
    if (parts.length) add(stack, { kind: mark.length === 2 ? "bold" : "italic", parts });
    else text(stack, mark + mark);
  }
  return taken;
}

/** @param {Open[]} stack */
function giveUp(stack) {
  const { mark, parts } = /** @type {Open} */ (stack.pop());
  text(stack, mark);
  for (const part of parts) add(stack, part);
}

/** @param {Open[]} stack @param {string} words */
function text(stack, words) {
  add(stack, { kind: "text", text: words });
}

/** @param {Open[]} stack @param {Inline} part */
function add(stack, part) {
  const { parts } = stack[stack.length - 1];
  const before = parts[parts.length - 1];
  if (part.kind !== "text") parts.push(part);
  else if (before?.kind === "text") parts[parts.length - 1] = { kind: "text", text: before.text + part.text };
  else if (part.text) parts.push(part);
}
