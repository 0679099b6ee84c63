"""What may stand between a browser and the desk: proxies that break sockets, networks that end."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum, auto

from tests.browser.live import LiveDesk


class Way(Enum):
    """What becomes of a new connection."""

    OPEN = auto()
    REFUSES_SOCKETS = auto()  # answers a request to upgrade with an error
    HANGS_SOCKETS = auto()  # takes a request to upgrade, and never answers
    CUT = auto()  # hangs up on everything
    SILENT = auto()  # takes everything, and passes nothing on; such a line stays dead


REFUSAL = b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
HEAD_END = b"\r\n\r\n"


class Proxy:
    """Passes bytes on; looks at the first request of each connection."""

    def __init__(self, desk: LiveDesk) -> None:
        self.way = Way.OPEN
        self.upgrades = 0  # how many sockets were asked for
        self.port = 0
        self._desk = desk
        self._desk_port = desk.server.port
        self._server: asyncio.Server | None = None
        self._lines: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        self._cut()
        await asyncio.sleep(0.05)

    def becomes(self, way: Way, *, cut: bool = True) -> None:
        """From now on; with `cut`, what is open ends as well."""

        async def change() -> None:
            self.way = way
            if cut:
                self._cut()

        self._desk.run(change())

    def _cut(self) -> None:
        for line in tuple(self._lines):
            line.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        self._lines.add(back)
        try:
            await self._pass_on(reader, back)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # either side hung up
        finally:
            self._lines.discard(back)
            back.close()

    async def _pass_on(self, reader: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        if self.way is Way.CUT:
            back.transport.abort()
            return
        head = await reader.readuntil(HEAD_END)
        is_upgrade = b"upgrade: websocket" in head.lower()
        self.upgrades += is_upgrade
        if is_upgrade and self.way is Way.REFUSES_SOCKETS:
            back.write(REFUSAL)
            await back.drain()
            return
        if self.way is Way.SILENT or (is_upgrade and self.way is Way.HANGS_SOCKETS):
            await reader.read()
            return
        answers, on = await asyncio.open_connection("127.0.0.1", self._desk_port)
        self._lines.add(on)
        try:
            on.write(head)
            await asyncio.gather(self._pump(reader, on), self._pump(answers, back))
        finally:
            self._lines.discard(on)
            on.close()

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        is_dead = False  # a line that has lost something can never go on
        while piece := await source.read(65536):
            is_dead = is_dead or self.way is Way.SILENT
            if is_dead:
                continue
            target.write(piece)
            await target.drain()
        target.close()


@contextmanager
def open_proxy(desk: LiveDesk) -> Iterator[Proxy]:
    """One in front of the desk, until the block ends."""
    proxy = Proxy(desk)
    desk.run(proxy.start())
    try:
        yield proxy
    finally:
        desk.run(proxy.stop())
