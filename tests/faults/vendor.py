"""The fake vendor: an API that takes messages, and its customers, whose events it delivers."""

import asyncio
import random
from collections.abc import Callable
from time import monotonic

import httpx

from tests.faults.evidence import Call, Line, Place, Sent
from tests.faults.http import Request, Response, listen

RETRY_SECONDS = 0.05


class VendorApi:
    """`POST /messages`. Takes a message once for each key, as such vendors do."""

    def __init__(self) -> None:
        self.port = 0
        self.calls: dict[str, list[Call]] = {}  # by thread
        # In turn for each message: well, busy (429), broken (500), or accepts and breaks the line.
        self.moods: tuple[str, ...] = ("well",)
        self._asked = 0
        self.on_call: Callable[[str], None] = lambda _thread: None
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listens on a free port."""
        self._server, self.port = await listen(self._take)

    async def _take(self, request: Request) -> Response:
        self._asked += 1
        mood = self.moods[self._asked % len(self.moods)]
        if mood == "busy":
            return Response({"error": "slow down"}, 429, {"Retry-After": "0.1"})
        if mood == "broken":
            return Response({"error": "ours"}, 500)
        body = request.body
        line = Line(body["seq"], body["author"], body["text"])
        call = Call(body["key"], body["conversation"], line)
        self.calls.setdefault(body["thread"], []).append(call)
        self.on_call(body["thread"])
        return Response({"ok": True}, drop=mood == "breaks")

    async def stop(self) -> None:
        """Listens no more."""
        if self._server is not None:
            self._server.close()


class VendorCustomer:
    """A customer of the vendor. `doors`: the desks' addresses; a vendor's retry takes any."""

    def __init__(
        self,
        thread: str,
        *,
        http: httpx.AsyncClient,
        doors: Callable[[], list[str]],
        chance: random.Random,
    ) -> None:
        self._http = http
        self.thread = thread
        self.sent: list[Sent] = []
        self._doors = doors
        self._chance = chance

    async def write(self, text: str, *, twice: bool = False) -> None:
        """An event, delivered until it is taken; `twice`: and once more at the same time."""
        sent = Sent(text, self.thread, sent_at=monotonic())
        self.sent.append(sent)
        await asyncio.gather(*(self._deliver(sent) for _ in range(2 if twice else 1)))

    async def write_in_any_order(self, texts: list[str]) -> None:
        """All at once, each twice and in whatever order they arrive."""
        events = [Sent(text, self.thread, sent_at=monotonic()) for text in texts]
        self.sent += events
        deliveries = [*events, *events]
        self._chance.shuffle(deliveries)
        await asyncio.gather(*(self._deliver(event) for event in deliveries))

    async def _deliver(self, sent: Sent) -> None:
        event = {"id": sent.text, "thread": self.thread, "text": sent.text}
        while True:
            try:
                door = self._chance.choice(self._doors())
                answer = await self._http.post(f"{door}/vendor/events", json=event)
                if answer.is_success:
                    said = answer.json()
                    sent.ack(Place(said["conversation"], said["seq"]))
                    return
            except (httpx.HTTPError, ValueError):
                pass  # it delivers again, as vendors do
            await asyncio.sleep(RETRY_SECONDS)
