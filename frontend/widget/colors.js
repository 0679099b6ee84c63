// Colours that can be read, whatever the owner chose (WCAG 2.2 AA: 4.5 to 1). No DOM.

const LEAST = 4.5;
const WHITE = [255, 255, 255];
const BLACK = [0, 0, 0];

/** @typedef {number[]} Rgb */

/** @param {string} hex `#rgb` or `#rrggbb` @returns {Rgb | null} */
export function rgb(hex) {
  const found = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(hex.trim());
  if (!found) return null;
  const digits = found[1].length === 3 ? found[1].replace(/./g, "$&$&") : found[1];
  return [0, 2, 4].map((at) => parseInt(digits.slice(at, at + 2), 16));
}

/** @param {Rgb} color */
const light = (color) => {
  const [r, g, b] = color.map((part) => (part <= 10.31475 ? part / 3294.6 : ((part / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};

/** @param {Rgb} one @param {Rgb} other @returns {number} from 1 to 21 */
export function contrast(one, other) {
  const [less, more] = [light(one), light(other)].sort((a, b) => a - b);
  return (more + 0.05) / (less + 0.05);
}

/** White or black, whichever reads better on it: one of them always has 4.58 to 1. @param {Rgb} color */
export function textOn(color) {
  return contrast(color, WHITE) >= contrast(color, BLACK) ? WHITE : BLACK;
}

/** The colour, or the shade of it nearest to it that can be read as text on all of these.
 * @param {Rgb} color @param {Rgb[]} grounds */
export function readable(color, grounds) {
  const goal = textOn(grounds[0]);
  for (let step = 0; step < 20; step++) {
    const shade = color.map((part, at) => Math.round(part + ((goal[at] - part) * step) / 20));
    if (grounds.every((ground) => contrast(shade, ground) >= LEAST)) return shade;
  }
  return goal;
}

/** @param {Rgb} color */
export const css = (color) => `rgb(${color.join(" ")})`;
export { WHITE };
