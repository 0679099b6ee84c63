// JSON.stringify as the language means it. Some pages give Array or Object a toJSON of their own
// (Prototype.js 1.6 does), and then nothing that we send or keep could be read again. The build
// puts this in the place of every JSON.stringify of the widget.

const { stringify: quote } = JSON; // taken apart, so that the build leaves this one alone

/** @param {any} value what JSON can hold @returns {string} */
export function stringify(value) {
  if (Array.isArray(value)) return `[${Array.from(value, (item) => stringify(item ?? null)).join()}]`;
  if (!value || typeof value !== "object") return quote(value);
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return `{${fields.map(([key, field]) => `${quote(key)}:${stringify(field)}`).join()}}`;
}
