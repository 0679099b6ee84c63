"""A real server on a free port of this machine, and a customer's browser as a plain socket."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import uvicorn
from fastapi import FastAPI
from websockets.asyncio.client import ClientConnection, connect

from bot.launcher.garbage import Garbage
from bot.launcher.serving import DeskServer
from bot.main import create_app
from bot.settings import Settings
from tests.databases import database_of
from tests.desk import DESK, ScriptedEngine
from tests.streams import StreamConnection, open_stream

PATIENCE_SECONDS = 60
# `Any`: a frame is a JSON object.
Frame = dict[str, Any]


@dataclass
class Server:
    """Where it listens, and the parts behind it."""

    app: FastAPI
    engine: ScriptedEngine
    port: int
    streams: bool = False  # whether browsers use streams in the place of sockets

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def token(self, desk: str = DESK) -> str:
        async with httpx.AsyncClient(base_url=self.url, timeout=PATIENCE_SECONDS) as http:
            response = await http.post("/widget/session", json={"desk": desk})
            return str(response.raise_for_status().json()["token"])

    @asynccontextmanager
    async def socket(self) -> AsyncIterator[ClientConnection]:
        async with connect(f"ws://127.0.0.1:{self.port}/widget/socket") as socket:
            yield socket

    @asynccontextmanager
    async def browser(self, token: str | None = None, **hello: Any) -> AsyncIterator["Browser"]:
        async with open_stream(self.url) if self.streams else self.socket() as line:
            browser = Browser(line, token or await self.token())
            await browser.say_hello(**hello)
            yield browser


@dataclass
class Browser:
    """A customer's widget, as far as the protocol goes."""

    connection: ClientConnection | StreamConnection
    token: str
    welcome: Frame = field(default_factory=dict)
    received: list[Frame] = field(default_factory=list)

    async def say_hello(self, **fields: Any) -> None:
        hello = {
            "type": "hello",
            "v": 1,
            "token": self.token,
            "desk": DESK,
            "language": "en",
            "conversation": None,
            "last_seq": 0,
            "page": {"url": "https://shop.example/cart", "title": "Cart"},
        }
        await self.send(**(hello | fields))
        self.welcome = await self.wait_for("welcome")

    async def send(self, **frame: Any) -> None:
        await self.connection.send(json.dumps(frame))

    async def write(self, text: str, **fields: Any) -> str:
        key = str(uuid4())
        await self.send(**({"type": "message", "id": key, "text": text} | fields))
        return key

    async def wait_for(self, kind: str, **wanted: Any) -> Frame:
        """The next frame of this type with these fields; others are kept in `received`."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                frame: Frame = json.loads(await self.connection.recv())
                self.received.append(frame)
                if frame["type"] == kind and wanted.items() <= frame.items():
                    return frame

    async def wait_for_ack_or_error(self) -> Frame:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                frame: Frame = json.loads(await self.connection.recv())
                if frame["type"] in ("ack", "error"):
                    return frame

    async def wait_for_message(self, author: str) -> Frame:
        while True:
            frame = await self.wait_for("message")
            if frame["author"]["kind"] == author:
                return frame


class PythonsOwn(Garbage):
    """As Python does it by itself.

    A test process starts hundreds of desks, and each would look once at all that pytest holds.
    """

    def start(self) -> None:
        """Leaves it as it is."""

    def stop(self) -> None:
        """Leaves it as it is."""


@asynccontextmanager
async def open_server(folder: Path, **settings: Any) -> AsyncIterator[Server]:
    """The whole service over HTTP and WebSocket; the engine is the test's, unless one is named."""
    engine = ScriptedEngine()
    place: dict[str, Any] = {
        "data_dir": folder,
        "database_url": database_of(folder),
        "log_level": "error",
        "undo_send_seconds": 0,
    }
    app = create_app(
        Settings(**(place | settings)), engine=None if "engine_url" in settings else engine
    )
    config = uvicorn.Config(
        app,
        port=settings.get("port", 0),
        log_level="error",
        ws_max_size=65536,
        timeout_graceful_shutdown=3,
    )
    server = DeskServer(config, garbage=PythonsOwn())
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield Server(app, engine, server.servers[0].sockets[0].getsockname()[1])
    finally:
        await engine.close()
        server.should_exit = True
        await serving
