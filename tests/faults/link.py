"""A TCP line between two programs that can be cut, held, or watched."""

import asyncio
from collections.abc import Callable

Watcher = Callable[[bytes], None]


class Link:
    """Listens on a port of its own and passes everything on to `target`, while it is whole."""

    def __init__(self, name: str, target: tuple[str, int]) -> None:
        self.name = name
        self.target = target
        self.port = 0
        # Called with what goes to the target, before it goes.
        self.watcher: Watcher | None = None
        self.ends: set[_End] = set()
        self._server: asyncio.Server | None = None
        self._is_cut = False
        self.is_held = False
        self._held: list[tuple[asyncio.Transport, bytes]] = []

    async def start(self) -> None:
        """Listens on a free port of this machine."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Front(self), "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def cut(self) -> None:
        """Breaks every connection, and every one that is tried from now on."""
        self._is_cut = True
        self.break_all()

    def break_all(self) -> None:
        """Breaks the connections that there are; new ones are welcome."""
        for end in tuple(self.ends):
            end.abort()

    def hold(self) -> None:
        """Nothing passes and nothing breaks, as on a line that swallows packets."""
        self.is_held = True

    def mend(self) -> None:
        """All is well again; what was held arrives."""
        self._is_cut = self.is_held = False
        held, self._held = self._held, []
        for transport, data in held:
            if not transport.is_closing():
                transport.write(data)

    @property
    def is_cut(self) -> bool:
        """Whether connections break."""
        return self._is_cut

    def carry(self, transport: asyncio.Transport, data: bytes) -> None:
        """Passes data on, or keeps it until the line is mended."""
        if self.is_held:
            self._held.append((transport, data))
        else:
            transport.write(data)

    async def stop(self) -> None:
        """Breaks all and listens no more."""
        self.cut()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()


class _End(asyncio.Protocol):
    """One end of a connection; what it hears, the other end says."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self.transport: asyncio.Transport | None = None
        self.other: _End | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.link.ends.add(self)

    def data_received(self, data: bytes) -> None:
        if self.other is not None and self.other.transport is not None:
            self.link.carry(self.other.transport, data)

    def connection_lost(self, exc: Exception | None) -> None:
        self.link.ends.discard(self)
        if self.other is not None and self.other.transport is not None:
            # What was written before goes out first; after an error nothing does.
            self.other.transport.close() if exc is None else self.other.transport.abort()

    def abort(self) -> None:
        """As if the cable were pulled and the machine noticed."""
        if self.transport is not None:
            self.transport.abort()


class _Front(_End):
    """The end towards whoever called."""

    def __init__(self, link: Link) -> None:
        super().__init__(link)
        self._early: list[bytes] = []
        self._reaching: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if self.link.is_cut:
            self.abort()
            return
        self._reaching = asyncio.create_task(self._reach())

    async def _reach(self) -> None:
        back = _End(self.link)
        back.other = self
        try:
            loop = asyncio.get_running_loop()
            await loop.create_connection(lambda: back, *self.link.target)
        except OSError:
            self.abort()
            return
        if self.transport is None or self.transport.is_closing() or self.link.is_cut:
            back.abort()
            self.abort()
            return
        self.other = back
        early, self._early = self._early, []
        for data in early:
            self._pass_on(data)

    def data_received(self, data: bytes) -> None:
        if self.other is None:
            self._early.append(data)
        else:
            self._pass_on(data)

    def _pass_on(self, data: bytes) -> None:
        if self.link.watcher is not None:
            self.link.watcher(data)
        super().data_received(data)
