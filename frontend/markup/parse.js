// From an agent's message to its parts: as bot/markup/parse.py, which says why.

import { inline } from "./inline.js";

/**
 * @typedef {import("./inline.js").Inline} Inline
 * @typedef {{kind: "paragraph", parts: Inline[]} | {kind: "code_block", text: string}
 *   | {kind: "bullets", items: Inline[][]} | {kind: "numbers", items: Inline[][], first: number}} Block
 */

const FENCE = /^ {0,3}```[\p{L}\p{N}_+#.-]{0,30}[ \t]*$/u;
const BULLET = /^[ \t]{0,8}[-*•][ \t]+(?=\S)/;
const NUMBER = /^[ \t]{0,8}([0-9]{1,3})[.)][ \t]+(?=\S)/;
const CONTINUED = /^[ \t]{2,}(?=\S)/;

/** @param {string} message @returns {Block[]} */
export function parse(message) {
  const lines = message.replace(/\r\n?/g, "\n").split("\n");
  const fences = lines.flatMap((line, at) => (FENCE.test(line) ? [at] : []));
  const read = new Lines();
  let at = 0;
  for (let pair = 0; pair + 1 < fences.length; pair += 2) {
    const [begin, end] = [fences[pair], fences[pair + 1]];
    for (const line of lines.slice(at, begin)) read.take(line);
    read.end();
    read.blocks.push({ kind: "code_block", text: lines.slice(begin + 1, end).join("\n") });
    at = end + 1;
  }
  for (const line of lines.slice(at)) read.take(line);
  read.end();
  return read.blocks;
}

class Lines {
  constructor() {
    /** @type {Block[]} */
    this.blocks = [];
    /** @type {string[]} */
    this.paragraph = [];
    /** @type {string[]} */
    this.items = [];
    /** @type {number | null} */
    this.first = null;
  }

  /** @param {string} line */
  take(line) {
    const bullet = BULLET.exec(line);
    const number = NUMBER.exec(line);
    if (!line.trim()) this.end();
    else if (bullet) this.item(line.slice(bullet[0].length), null);
    else if (number) this.item(line.slice(number[0].length), Number(number[1]));
    else if (this.items.length && CONTINUED.test(line)) {
      this.items[this.items.length - 1] += `\n${line.replace(CONTINUED, "")}`;
    } else {
      if (this.items.length) this.end();
      this.paragraph.push(line);
    }
  }

  /** @param {string} words @param {number | null} number */
  item(words, number) {
    const isOther = this.items.length && (this.first === null) !== (number === null);
    if (this.paragraph.length || isOther) this.end();
    if (!this.items.length) this.first = number;
    this.items.push(words);
  }

  end() {
    if (this.paragraph.length) this.blocks.push({ kind: "paragraph", parts: inline(this.paragraph.join("\n")) });
    if (this.items.length) {
      const items = this.items.map(inline);
      this.blocks.push(this.first === null ? { kind: "bullets", items } : { kind: "numbers", items, first: this.first });
    }
    [this.paragraph, this.items, this.first] = [[], [], null];
  }
}
