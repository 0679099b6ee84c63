// How long to wait before connecting again: never everyone at once. Pure.

export const RESTART = 1012;
const TRY_LATER = 1013;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 20_000;
const RESTART_SPREAD_MS = 5_000;

/**
 * @param {number} tries how many connections were lost or failed since a good one, this one too
 * @param {number} code the socket's close code, 0 when it never closed
 * @param {() => number} chance 0 to 1
 * @param {number} wish milliseconds that the desk asked for, drawn for this socket alone
 * @returns {number} milliseconds
 */
export function pauseBefore(tries, code, chance = Math.random, wish = 0) {
  // A desk that restarts closes all its sockets in one moment: they spread out from the first try.
  if (code === RESTART && tries === 1) return Math.max(wish, RESTART_SPREAD_MS * chance());
  const ceiling = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(tries - 1, 16));
  const own = ceiling * (0.5 + chance() / 2);
  return tries === 1 || code === TRY_LATER ? Math.max(wish, own) : own;
}
