"""A customer at the widget's socket who notices what is lost, doubled or out of order."""

import asyncio
import json
import ssl
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
from websockets.asyncio.client import ClientConnection, connect

PATIENCE_SECONDS = 20.0
DESK = "customer-care"
# Made once: each client would read the certificates anew, for 20 ms, and needs none.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class HandedOff(Exception):
    """The bot gave up on a question of the benchmark: it would measure something else."""


@dataclass
class Waiting:
    """A message that was sent, and when what came of it."""

    sent: float
    acked: asyncio.Future[float]
    answered: asyncio.Future[float]
    seq: int | None = None


@dataclass
class Customer:
    """One visitor with an open socket; `read` runs beside whoever writes."""

    line: ClientConnection
    answers_by: str = "bot"
    conversation: str | None = None
    status: str = "none"
    last_seq: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    waiting: dict[str, Waiting] = field(default_factory=dict)
    _heard: tuple[int, float] = (0, 0.0)  # the last answer: its number and when it came

    async def greet(self, token: str) -> None:
        """The widget's first frame, and its answer."""
        await self._send(
            type="hello",
            v=1,
            token=token,
            desk=DESK,
            language="en",
            conversation=None,
            last_seq=0,
            page={"url": "https://shop.example/cart", "title": "Cart"},
        )
        while json.loads(await self.line.recv())["type"] != "welcome":
            pass

    async def write(self, text: str) -> Waiting:
        """Sends; the caller waits for as much as it wants to."""
        loop, key = asyncio.get_running_loop(), str(uuid4())
        sent = Waiting(time.perf_counter(), loop.create_future(), loop.create_future())
        self.waiting[key] = sent
        await self._send(type="message", id=key, text=text)
        return sent

    async def ask(self, text: str) -> float:
        """Milliseconds until the bot's answer is here."""
        sent = await self.write(text)
        async with asyncio.timeout(PATIENCE_SECONDS):
            return (await sent.answered - sent.sent) * 1000

    async def call_human(self) -> str:
        """Asks for a person; the conversation's id."""
        loop, key = asyncio.get_running_loop(), str(uuid4())
        sent = Waiting(time.perf_counter(), loop.create_future(), loop.create_future())
        self.waiting[key] = sent
        await self._send(type="human", id=key)
        async with asyncio.timeout(PATIENCE_SECONDS):
            await sent.acked
        sent.answered.cancel()
        del self.waiting[key]
        return self.conversation or ""

    async def read(self) -> None:
        """Everything that comes, until the socket ends."""
        async for raw in self.line:
            self._take(json.loads(raw))

    # `Any`: a frame is a JSON object.
    def _take(self, frame: dict[str, Any]) -> None:
        now = time.perf_counter()
        match frame["type"]:
            case "conversation":
                self.conversation, self.last_seq = frame["id"], 0
            case "status":
                self.status = frame["status"]
            case "error":
                self.faults[f"error {frame['code']}"] += 1
            case "ack" if (sent := self.waiting.get(frame["id"])) is not None:
                sent.seq = frame["seq"]
                if not sent.acked.done():
                    sent.acked.set_result(now)
                self._settle()
            case "message":
                self._hear(frame, now)

    # `Any`: a frame is a JSON object.
    def _hear(self, frame: dict[str, Any], now: float) -> None:
        seq = frame["seq"]
        if seq <= self.last_seq:
            self.faults["doubled"] += 1
        elif seq > self.last_seq + 1:
            self.faults["gap"] += 1
        self.last_seq = max(seq, self.last_seq)
        if frame["author"]["kind"] == self.answers_by:
            self._heard = (seq, now)
            self._settle()

    def _settle(self) -> None:
        """An answer has a greater number than its question; acknowledgement and answer may come
        in any order."""
        seq, at = self._heard
        for key, sent in tuple(self.waiting.items()):
            if sent.seq is not None and seq > sent.seq and not sent.answered.done():
                sent.answered.set_result(at)
                del self.waiting[key]

    # `Any`: a frame's fields.
    async def _send(self, **frame: Any) -> None:
        await self.line.send(json.dumps(frame))


@asynccontextmanager
async def customer(service_url: str, *, answers_by: str = "bot") -> AsyncIterator[Customer]:
    """Opens the socket at this service, says hello, and reads until the block ends."""
    async with httpx.AsyncClient(base_url=service_url, trust_env=False, verify=NO_TLS) as http:
        token = (await http.post("/widget/session", json={"desk": DESK})).json()["token"]
    # Pings come from the service; ours would cost the driver what a browser does not do.
    address = f"{service_url.replace('http', 'ws')}/widget/socket"
    async with connect(address, ping_interval=None, max_queue=None, open_timeout=60) as line:
        opened = Customer(line, answers_by=answers_by)
        await opened.greet(token)
        reading = asyncio.create_task(opened.read())
        try:
            yield opened
        finally:
            reading.cancel()
