"""A customer's widget, as docs/widget-protocol.md tells it: nothing lost, reconnect, resend."""

import asyncio
import json
import random
from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import Any
from uuid import uuid4

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from tests.desk import DESK
from tests.faults.evidence import Line, Place, Sent

# The widget pings every 25 s and waits 12 s; nobody here has that patience.
PING_SECONDS = 0.3
PATIENCE_SECONDS = 1.2
FIRST_PAUSE_SECONDS = 0.02
LONGEST_PAUSE_SECONDS = 0.2
# `Any`: a frame is a JSON object.
Frame = dict[str, Any]


class Silent(Exception):
    """The line says nothing: it is a broken one."""


class WebCustomer:
    """Writes, reconnects, and keeps what its page shows. `doors`: the desks' addresses."""

    def __init__(
        self, *, http: httpx.AsyncClient, doors: Callable[[], list[str]], chance: random.Random
    ) -> None:
        self._http = http
        self.sent: list[Sent] = []
        self.view: dict[str, list[Line]] = {}
        self.visitor = ""
        self.refusals: list[str] = []
        self._doors = doors
        self._chance = chance
        self._token: str | None = None
        self._conversation: str | None = None
        self._highest = 0
        self._pending: deque[tuple[Frame, Sent | None]] = deque()
        self._news = asyncio.Event()
        self._heard = asyncio.Event()
        self._answered = asyncio.Event()
        self._pause_until = 0.0
        self._is_closed = False
        self._running: asyncio.Task[None] | None = None

    @property
    def thread(self) -> str:
        """The desk's name for it."""
        return f"{self.visitor}:{DESK}"

    def open(self) -> None:
        """Opens the page."""
        self._running = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Closes it."""
        # A session that ends in the same moment may swallow the cancellation.
        self._is_closed = True
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)

    def write(self, text: str) -> Sent:
        """Types and sends; it leaves in its turn."""
        sent = Sent(text, self.thread, sent_at=monotonic())
        self.sent.append(sent)
        self._enqueue({"type": "message", "id": str(uuid4()), "text": text}, sent)
        return sent

    def ask_for_human(self) -> None:
        """Presses the button."""
        self._enqueue({"type": "human", "id": str(uuid4())}, None)

    @property
    def waits(self) -> bool:
        """Whether something is not acknowledged yet."""
        return bool(self._pending)

    def _enqueue(self, frame: Frame, sent: Sent | None) -> None:
        self._pending.append((frame, sent))
        self._news.set()

    async def _run(self) -> None:
        failures = 0
        while not self._is_closed:
            started = monotonic()
            try:
                await self._session()
            except* (OSError, TimeoutError, WebSocketException, Silent, httpx.HTTPError):
                pass
            failures = 0 if monotonic() - started > 1 else failures + 1
            pause = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2**failures)
            await asyncio.sleep(pause * self._chance.uniform(0.5, 1.0))

    async def _session(self) -> None:
        """From connecting to whatever ends it, which is raised."""
        door = self._chance.choice(self._doors())
        if self._token is None:
            await self._get_token(door)
        address = door.replace("http://", "ws://") + "/widget/socket"
        socket = await connect(
            address, open_timeout=PATIENCE_SECONDS, ping_interval=None, compression=None, proxy=None
        )
        try:
            await self._greet(socket)
            async with asyncio.TaskGroup() as group:
                group.create_task(self._listen(socket))
                group.create_task(self._talk(socket))
        finally:
            socket.transport.abort()

    async def _get_token(self, door: str) -> None:
        answer = await self._http.post(f"{door}/widget/session", json={"desk": DESK})
        self._token = str(answer.raise_for_status().json()["token"])
        self.visitor = self._token.split(".")[0]
        for sent in self.sent:
            sent.thread = self.thread

    async def _greet(self, socket: ClientConnection) -> None:
        hello = {
            "type": "hello",
            "v": 1,
            "token": self._token,
            "desk": DESK,
            "language": "en",
            "conversation": self._conversation,
            "last_seq": len(self._shown),
            "page": {"url": "https://shop.example/", "title": "Shop"},
        }
        await socket.send(json.dumps(hello))
        while True:
            raw = await asyncio.wait_for(socket.recv(), PATIENCE_SECONDS)
            frame: Frame = json.loads(raw)
            await self._take(socket, frame)
            if frame["type"] == "welcome":
                return

    async def _listen(self, socket: ClientConnection) -> None:
        async for raw in socket:
            self._heard.set()
            await self._take(socket, json.loads(raw))
        raise Silent  # closed in good order: the desk restarts

    async def _talk(self, socket: ClientConnection) -> None:
        """One message at a time, the next after the ack; pings when there is none."""
        while True:
            self._news.clear()
            if self._pending and (wait := self._pause_until - monotonic()) > 0:
                await asyncio.sleep(wait)
            if self._pending:
                await self._say(socket, self._pending[0][0], self._answered)
                continue
            try:
                await asyncio.wait_for(self._news.wait(), PING_SECONDS)
            except TimeoutError:
                await self._say(socket, {"type": "ping"}, self._heard)

    async def _say(self, socket: ClientConnection, frame: Frame, answer: asyncio.Event) -> None:
        answer.clear()
        await socket.send(json.dumps(frame))
        try:
            await asyncio.wait_for(answer.wait(), PATIENCE_SECONDS)
        except TimeoutError:
            raise Silent from None

    async def _take(self, socket: ClientConnection, frame: Frame) -> None:
        match frame["type"]:
            case "welcome":
                self._enter(frame["conversation"])
            case "conversation":
                self._enter(frame["id"])
            case "ack":
                self._acknowledge(frame)
            case "error":
                self._refuse(frame)
            case "message":
                if not self._show(frame):
                    await self._fetch(socket)
            case "history":
                for message in frame["messages"]:
                    self._show(message)
                if frame["messages"] and self._highest > len(self._shown):
                    await self._fetch(socket)

    @property
    def _shown(self) -> list[Line]:
        return self.view.get(self._conversation or "", [])

    def _enter(self, conversation: str | None) -> None:
        if conversation is not None and conversation != self._conversation:
            self._conversation, self._highest = conversation, 0
            self.view.setdefault(conversation, [])

    def _show(self, message: Frame) -> bool:
        """Puts the message on the page; False when one before it is missing."""
        if message["conversation"] in self.view and message["conversation"] != self._conversation:
            return True  # of an earlier conversation, which the page has left
        self._enter(message["conversation"])
        seq = message["seq"]
        self._highest = max(self._highest, seq)
        if seq <= len(self._shown):
            return True
        if seq > len(self._shown) + 1:
            return False
        line = Line(seq, message["author"]["kind"], message["text"])
        self._shown.append(line)
        if line.author != "customer":
            self._note_answers(line)
        return True

    def _note_answers(self, line: Line) -> None:
        """Whatever comes after a message answers it, for the time that it took."""
        for sent in self.sent:
            place = sent.place
            is_after = place is not None and place.conversation == self._conversation
            if is_after and place is not None and place.seq < line.seq:
                sent.answered_at = sent.answered_at or monotonic()

    async def _fetch(self, socket: ClientConnection) -> None:
        await socket.send(json.dumps({"type": "fetch", "after": len(self._shown)}))

    def _acknowledge(self, frame: Frame) -> None:
        if not self._pending or frame["id"] != self._pending[0][0]["id"]:
            return
        _, sent = self._pending.popleft()
        if sent is not None:
            sent.ack(Place(frame["conversation"], frame["seq"]))
        self._answered.set()

    def _refuse(self, frame: Frame) -> None:
        if not self._pending or frame["id"] != self._pending[0][0]["id"]:
            return
        if frame["code"] not in ("rate_limited", "server_error"):
            self.refusals.append(f"{frame['code']}: {self._pending[0][0]}")
            self._pending.popleft()
        self._pause_until = monotonic() + (frame["retry_after"] or 0.05)
        self._answered.set()
