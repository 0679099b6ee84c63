"""A widget's line without a socket: server-sent events from the desk, POST to it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

# `Any`: a frame is a JSON object.
Frame = dict[str, Any]


class StreamClosed(Exception):
    """The stream ended; `code` and `reason` when it said why."""

    def __init__(self, code: int | None, reason: str) -> None:
        super().__init__(f"{code} {reason}")
        self.code = code
        self.reason = reason


class StreamConnection:
    """Sends and receives like a socket's client; the first frame, hello, opens the stream."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = self._posting = http
        self._hello: Frame = {}
        self._came: asyncio.Queue[Frame | StreamClosed] = asyncio.Queue()
        # What a POST is answered comes before what the stream tells meanwhile, as on a socket.
        self._order = asyncio.Lock()
        self._reading: asyncio.Task[None] | None = None
        self.beats = 0

    async def send(self, raw: str) -> None:
        if self._reading is None:
            self._hello = json.loads(raw)
            self._reading = asyncio.create_task(self._read_on())
            return
        async with self._order:
            answer = await self.post(raw)
            for frame in answer["frames"]:
                await self._came.put(frame)

    def _headers(self) -> dict[str, str]:
        token = self._hello["token"]
        return {"authorization": f"Bearer {token}"} if token else {}

    def posts_to(self, http: httpx.AsyncClient) -> None:
        """As when a load balancer sends each request to another process."""
        self._posting = http

    async def post(self, raw: str) -> Frame:
        body = f'{{"hello": {json.dumps(self._hello)}, "frame": {raw}}}'
        headers = self._headers()
        found = await self._posting.post("/widget/frames", content=body, headers=headers)
        answer: Frame = found.raise_for_status().json()
        for frame in answer["frames"]:
            if frame.get("conversation"):
                self._hello["conversation"] = frame["conversation"]
        return answer

    async def recv(self) -> str:
        frame = await self._came.get()
        if isinstance(frame, StreamClosed):
            raise frame
        return json.dumps(frame)

    async def close(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    async def _read_on(self) -> None:
        try:
            await self._read()
        except httpx.HTTPError as error:
            await self._came.put(StreamClosed(None, repr(error)))

    async def _read(self) -> None:
        wish = {
            name: self._hello[name]
            for name in ("desk", "language", "conversation", "last_seq", "tail")
            if self._hello.get(name) is not None
        }
        headers = self._headers()
        farewell = StreamClosed(None, "")
        request = self._http.stream("GET", "/widget/stream", params=wish, headers=headers)
        async with request as response:
            response.raise_for_status()
            kind = "message"
            async for line in response.aiter_lines():
                name, _, value = line.partition(": ")
                if not name and value:
                    self.beats += 1
                elif name == "event":
                    kind = value
                elif name == "data" and kind == "close":
                    farewell = StreamClosed(**json.loads(value))
                elif name == "data":
                    await self._take(json.loads(value))
        await self._came.put(farewell)

    async def _take(self, frame: Frame) -> None:
        async with self._order:
            known = frame.get("conversation") or (
                frame["id"] if frame["type"] == "conversation" else None
            )
            self._hello["conversation"] = known or self._hello["conversation"]
            await self._came.put(frame)


@asynccontextmanager
async def open_stream(url: str) -> AsyncIterator[StreamConnection]:
    """A line to the desk at this address."""
    async with httpx.AsyncClient(base_url=url, timeout=httpx.Timeout(10, read=60)) as http:
        connection = StreamConnection(http)
        try:
            yield connection
        finally:
            await connection.close()
