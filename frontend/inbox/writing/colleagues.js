// Colleagues behind “@”, in whatever agents write to each other.

import { addSource } from "./finder.js";
import { folded } from "./folded.js";
import { insert } from "./insert.js";

/** @typedef {{name: string, aside: string}} Colleague */

const MOST = 8;
/** Who works at a desk changes seldom: asked once for a conversation, and anew when the page is. @type {Map<string, Promise<Colleague[]>>} */
const known = new Map();

/** @param {string} address @returns {Promise<Colleague[]>} */
function ask(address) {
  const asked = fetch(address, { headers: { "HX-Request": "true", "HX-Current-URL": location.href } })
    .then(async (response) => (response.ok ? response.json() : Promise.reject(response.status)))
    .catch(() => {
      known.delete(address); // the next letter asks again
      return [];
    });
  known.set(address, asked);
  return asked;
}

addSource({
  // After a letter or a digit it is an e-mail address. Names have spaces: two words are looked for.
  trigger: /(?<![\p{L}\p{N}_.])@([\p{L}\p{M}'’-]{0,30}(?: [\p{L}\p{M}'’-]{1,30})?)$/u,
  takes: (area) => area.dataset.colleagues !== undefined,
  label: (area) => area.dataset.found ?? "",
  nothing: (area, words) => (words.includes(" ") ? "" : (area.dataset.nothing ?? "")),
  async search(words, area) {
    const address = area.dataset.colleagues ?? "";
    const wanted = folded(words);
    const people = await (known.get(address) ?? ask(address));
    return people
      .filter(({ name }) => folded(name).startsWith(wanted) || folded(name).split(" ").some((part) => part.startsWith(wanted)))
      .slice(0, MOST)
      .map(({ name, aside }) => ({ label: `@${name}`, aside, take: (into) => insert(into, `@${name} `) }));
  },
});
