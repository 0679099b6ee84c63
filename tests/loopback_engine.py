"""An engine on a real socket of this machine that answers well, badly, or not at all.

It speaks raw HTTP, so that it can be wrong in ways that no web framework allows.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

# `Any`: JSON.
Json = dict[str, Any]
GOOD: Json = {
    "replies": [{"text": "Hi", "buttons": [{"title": "Go", "payload": "/go"}], "image": None}],
    "intent": {"name": "greet", "confidence": 0.9},
    "ranking": [{"name": "greet", "confidence": 0.9}],
    "entities": [{"entity": "order_number", "value": "10482"}],
    "slots": {"language": "en"},
    "handoff": {"reason": "action", "details": {"order": "10499"}},
    "state": {"v": 1},
    "model_id": "m1",
    "took_ms": 3.5,
}
Behaviour = Callable[["LoopbackEngine", asyncio.StreamWriter], Awaitable[None]]


def says(status: int, body: bytes | str | Json, *, kind: str = "application/json") -> Behaviour:
    """Answers with this."""
    content = json.dumps(body) if isinstance(body, dict) else body
    raw = content.encode() if isinstance(content, str) else content
    head = f"HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {len(raw)}\r\n\r\n"

    async def answer(_: "LoopbackEngine", line: asyncio.StreamWriter) -> None:
        line.write(head.encode() + raw)
        await line.drain()

    return answer


async def answers_well(engine: "LoopbackEngine", line: asyncio.StreamWriter) -> None:
    """As the turn channel does."""
    await says(200, {**GOOD, "model_id": engine.model})(engine, line)


async def hangs(engine: "LoopbackEngine", _: asyncio.StreamWriter) -> None:
    """Takes the turn and says nothing."""
    await engine.closing.wait()


async def cuts(_: "LoopbackEngine", line: asyncio.StreamWriter) -> None:
    """Takes the turn and hangs up."""
    line.transport.abort()


async def cuts_in_the_middle(_: "LoopbackEngine", line: asyncio.StreamWriter) -> None:
    """Begins an answer and hangs up."""
    line.write(b"HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n" + json.dumps(GOOD).encode()[:40])
    await line.drain()
    line.close()


async def trickles(_: "LoopbackEngine", line: asyncio.StreamWriter) -> None:
    """A byte now and then, for ever."""
    line.write(b"HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n")
    while not line.is_closing():
        line.write(b" ")
        await line.drain()
        await asyncio.sleep(0.02)


async def talks_nonsense(_: "LoopbackEngine", line: asyncio.StreamWriter) -> None:
    """What listens there is no web server."""
    line.write(b"220 mail.example.com ESMTP\r\n")
    await line.drain()
    line.close()


async def never_ends(_: "LoopbackEngine", line: asyncio.StreamWriter) -> None:
    """More than any answer has."""
    line.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
    while not line.is_closing():
        line.write(b"10000\r\n" + b"x" * 65536 + b"\r\n")
        await line.drain()


class LoopbackEngine:
    """Counts what it is asked; `behaviour` and `model` may be changed at any time."""

    def __init__(self) -> None:
        self.behaviour: Behaviour = answers_well
        self.model = "m1"
        self.repeatable = True
        self.is_ready = True
        self.turns: list[Json] = []
        self.keys: list[str | None] = []
        self.probes = 0
        self.closing = asyncio.Event()
        self.port = 0
        self._server: asyncio.Server | None = None
        self._lines: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Listens, on the same port as before if there was one."""
        self.closing.clear()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """As killed: nothing listens any more, and all lines are cut."""
        self.closing.set()
        if self._server is not None:
            self._server.close()
        for line in tuple(self._lines):
            line.transport.abort()
        await asyncio.sleep(0)

    async def _serve(self, reader: asyncio.StreamReader, line: asyncio.StreamWriter) -> None:
        self._lines.add(line)
        try:
            while await self._take(reader, line):
                pass
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self._lines.discard(line)
            line.close()

    async def _take(self, reader: asyncio.StreamReader, line: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        fields = dict(
            part.lower().split(": ", 1) for part in head.split("\r\n")[1:] if ": " in part
        )
        body = await reader.readexactly(int(fields.get("content-length", 0)))
        if head.startswith("GET "):
            self.probes += 1
            said = {"ready": True, "model_id": self.model, "repeatable": self.repeatable}
            await says(200 if self.is_ready else 503, said)(self, line)
        else:
            self.turns.append(json.loads(body))
            self.keys.append(fields.get("idempotency-key"))
            await self.behaviour(self, line)
        return not line.is_closing()


@asynccontextmanager
async def loopback_engine() -> AsyncIterator[LoopbackEngine]:
    """One that answers, until the block ends."""
    engine = LoopbackEngine()
    await engine.start()
    try:
        yield engine
    finally:
        await engine.stop()
