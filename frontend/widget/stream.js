// The line without a socket: a stream of events beside POST. Fetched where a socket does not work.

const SILENCE_MS = 45_000;
const POST_WITHIN_MS = 12_000;

/**
 * @typedef {import("./connection.js").Frame} Frame
 * @typedef {import("./line.js").Ends} Ends
 * @typedef {import("./line.js").Line} Line
 */

/** @param {Ends} ends @returns {Line} */
export function openStream({ base, token, hello, take, closed }) {
  const stop = new AbortController();
  const how = { headers: { authorization: `Bearer ${token}` }, signal: stop.signal };
  let queue = Promise.resolve();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let silence = undefined;

  function over(code = 0, reason = "") {
    clearTimeout(silence);
    if (stop.signal.aborted) return;
    stop.abort();
    closed(code, reason);
  }
  function heard() {
    clearTimeout(silence);
    silence = setTimeout(over, SILENCE_MS);
  }
  // What goes wrong in the chat is no fault of the line.
  const pass = (/** @type {Frame} */ frame) => queueMicrotask(() => take(frame));

  async function read() {
    const { desk, language, conversation, last_seq, tail } = hello();
    const query = new URLSearchParams({ desk, language, last_seq, tail });
    if (conversation) query.set("conversation", conversation);
    const response = await fetch(`${base}/widget/stream?${query}`, { ...how, cache: "no-store" });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    while (response.ok && reader) {
      const { value, done } = await reader.read();
      if (done) return;
      heard();
      const events = (rest + value).split("\n\n");
      rest = events.pop() ?? "";
      for (const event of events) {
        const data = /^data: (.*)/m.exec(event)?.[1];
        const said = data && JSON.parse(data);
        if (said && event.startsWith("event: close")) return over(said.code, said.reason);
        if (said) pass(said);
      }
    }
  }

  /** @param {Frame} frame */
  async function post(frame) {
    if (stop.signal.aborted) return;
    const patience = setTimeout(over, POST_WITHIN_MS);
    try {
      const body = JSON.stringify({ hello: hello(), frame });
      const response = await fetch(`${base}/widget/frames`, { ...how, method: "POST", body });
      const { frames, close } = await response.json();
      frames.forEach(pass);
      if (close) over(close.code, close.reason);
    } finally {
      clearTimeout(patience);
    }
  }

  heard();
  read().then(() => over(), () => over());
  return {
    send: (frame) => void (queue = queue.then(() => post(frame)).catch(() => over())),
    close: () => over(),
  };
}
