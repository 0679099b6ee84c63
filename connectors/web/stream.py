"""Where sockets are broken on their way: server-sent events to the browser, POST from it.

The stream is a visit like a socket's, whose browser says nothing after hello. Each POST carries
one frame and stands alone, so that any process may take it, whoever holds the stream.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from typing import Any

import structlog

from bot.channel import FirstlineError
from connectors.web import frames, parse
from connectors.web.channel import WebChannel
from connectors.web.line import Disconnected
from connectors.web.socket import WidgetSocket

RESTART = 1012
EVENTS_AHEAD = 64
# What an idle stream says, so that nobody on the way takes it for dead; the widget waits for it.
HEARTBEAT_SECONDS = 15.0
HEARTBEAT = ": here\n\n"

log = structlog.get_logger()


class StreamLine:
    """To the browser as server-sent events; from it comes hello, which opened it, and no more."""

    def __init__(self, headers: Mapping[str, str], hello: str) -> None:
        self._headers = headers
        self._hello: str | None = hello
        self._events: asyncio.Queue[str | None] = asyncio.Queue(EVENTS_AHEAD)
        self._farewell: str | None = None
        self._over = asyncio.Event()

    @property
    def headers(self) -> Mapping[str, str]:
        return self._headers

    async def read(self) -> str:
        raw, self._hello = self._hello, None
        if raw is None:
            await self._over.wait()
            raise Disconnected
        return raw

    async def send(self, raw: str) -> None:
        if self._over.is_set():
            raise Disconnected
        await self._events.put(f"data: {raw}\n\n")

    async def close(self, code: int, reason: str) -> None:
        self.end(code, reason)

    def end(self, code: int | None = None, reason: str = "") -> None:
        """Nothing follows any more; with a code, the browser is told why."""
        if self._over.is_set():
            return
        self._over.set()
        if code is not None:
            told = json.dumps({"code": code, "reason": reason})
            self._farewell = f"event: close\ndata: {told}\n\n"
        if self._events.full():
            self._events.get_nowait()  # a browser that is too slow: it comes back for the gap
        self._events.put_nowait(None)

    async def events(self) -> AsyncIterator[str]:
        """What goes out, until the line ends."""
        yield HEARTBEAT  # at once: some proxies pass the head on with the first of the body
        while True:
            try:
                async with asyncio.timeout(HEARTBEAT_SECONDS):
                    event = await self._events.get()
            except TimeoutError:
                event = HEARTBEAT
            if event is None:
                break
            yield event
        if self._farewell is not None:
            yield self._farewell


class Streams:
    """All open streams of a process. They never end by themselves, so a stop has to tell them."""

    def __init__(self, channel: WebChannel) -> None:
        self.channel = channel
        self._open: set[StreamLine] = set()
        self._stopping = False

    def stop(self) -> None:
        """As a server closes its sockets when it stops: go and look for another."""
        self._stopping = True
        for line in tuple(self._open):
            line.end(RESTART, "restart")

    async def serve(self, line: StreamLine) -> AsyncIterator[str]:
        """One browser's events, from hello to goodbye."""
        self._open.add(line)
        visit = asyncio.create_task(WidgetSocket(self.channel, line).serve(), name="stream")
        visit.add_done_callback(lambda done: _finish(done, line))
        if self._stopping:
            line.end(RESTART, "restart")
        try:
            async for event in line.events():
                yield event
        finally:
            self._open.discard(line)
            line.end()
            visit.cancel()


def _finish(visit: asyncio.Task[None], line: StreamLine) -> None:
    if not visit.cancelled() and (error := visit.exception()) is not None:
        log.error("widget.stream_failed", exc_info=error)
    line.end()


class PostLine:
    """One frame in, behind hello, and the answers to it."""

    def __init__(self, headers: Mapping[str, str], hello: str) -> None:
        self._headers = headers
        self._hello = hello
        self.said: list[str] = []
        self.farewell: dict[str, int | str] | None = None

    @property
    def headers(self) -> Mapping[str, str]:
        return self._headers

    async def read(self) -> str:
        return self._hello

    async def send(self, raw: str) -> None:
        self.said.append(raw)

    async def close(self, code: int, reason: str) -> None:
        self.farewell = {"code": code, "reason": reason}


class WidgetPost(WidgetSocket):
    """Answers one frame. What else it sets off in the thread, the stream tells, in order."""

    async def answer(self, raw: str) -> None:
        """What the frame's sender is told about it is with the line then."""
        with suppress(Disconnected):
            self._conversation = (await self._greet()).conversation
            await self._answer(raw)

    async def _enter(self, conversation: str) -> None:
        pass

    async def _catch_up(self) -> None:
        pass


async def answer_post(
    channel: WebChannel, headers: Mapping[str, str], token: str, raw: bytes
) -> dict[str, Any]:
    """The body of the answer: `frames`, and `close` if the browser has to begin anew."""
    try:
        hello, frame = parse.parse_post(raw, token)
    except FirstlineError as fault:
        return {"frames": [frames.error(fault, "en", None)], "close": None}
    line = PostLine(headers, hello)
    await WidgetPost(channel, line).answer(frame)
    return {"frames": [json.loads(said) for said in line.said], "close": line.farewell}
