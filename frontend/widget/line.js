// What carries frames: a socket, or a stream of events beside POST (docs/widget-protocol.md).

/**
 * @typedef {import("./connection.js").Frame} Frame
 * @typedef {{base: string, token: string, hello: () => Frame, take: (frame: Frame) => void,
 *   closed: (code: number, reason: string) => void}} Ends  `closed` may come more than once
 * @typedef {{send: (frame: Frame) => void, close: () => void}} Line
 */

/** @param {Ends} ends @returns {Line} */
export function openSocket({ base, token, hello, take, closed }) {
  const socket = new WebSocket(`${base.replace(/^http/, "ws")}/widget/socket`);
  const send = (/** @type {Frame} */ frame) => socket.send(JSON.stringify(frame));
  socket.onopen = () => send({ ...hello(), token });
  socket.onmessage = ({ data }) => take(JSON.parse(data));
  socket.onclose = ({ code, reason }) => closed(code, reason);
  return { send, close: () => socket.close() };
}
