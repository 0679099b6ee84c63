"""How this process hears from Slack, and whether somebody has to look at it at once."""

import asyncio
from collections.abc import Awaitable, Callable


async def _no_socket() -> bool:
    return False


class Line:
    """One for the process; the connector tells of its socket."""

    def __init__(self) -> None:
        self.app_token: str | None = None  # None: events come over HTTP
        self.is_up: Callable[[], Awaitable[bool]] = _no_socket
        self._wanted = asyncio.Event()

    def look_at_once(self) -> None:
        """Something changed at Slack."""
        self._wanted.set()

    async def look_wanted(self, seconds: float) -> bool:
        """Waits for so long; whether somebody asked for a look."""
        try:
            async with asyncio.timeout(seconds):
                await self._wanted.wait()
        except TimeoutError:
            return False
        self._wanted.clear()
        return True
