"""What carries frames to and from one browser: a socket, or what stands in for one."""

from collections.abc import Mapping
from typing import Protocol

from starlette.websockets import WebSocket, WebSocketDisconnect

from connectors.web.parse import Binary


class Disconnected(Exception):
    """The line is over, for whatever reason; its reader stops."""


class Line(Protocol):
    """Frames as JSON text, both ways. Whatever ends it is `Disconnected`."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Those of the request that opened it."""

    async def read(self) -> str:
        """The browser's next frame; raises Binary for what is not text."""

    async def send(self, raw: str) -> None:
        """A frame to the browser."""

    async def close(self, code: int, reason: str) -> None:
        """Says why, and ends it."""


class SocketLine:
    """A WebSocket."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket

    @property
    def headers(self) -> Mapping[str, str]:
        return self._socket.headers

    async def read(self) -> str:
        message = await self._socket.receive()
        if message["type"] == "websocket.disconnect":
            raise Disconnected
        raw = message.get("text")
        if raw is None:
            raise Binary
        return str(raw)

    async def send(self, raw: str) -> None:
        try:
            await self._socket.send_text(raw)
        except (RuntimeError, WebSocketDisconnect) as error:  # RuntimeError: «already closed»
            raise Disconnected from error

    async def close(self, code: int, reason: str) -> None:
        try:
            await self._socket.close(code, reason)
        except (RuntimeError, WebSocketDisconnect) as error:
            raise Disconnected from error
