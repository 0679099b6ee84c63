"""“typing…”, for as long as the bot works on an answer."""

import asyncio

from bot.channel import Author, AuthorKind, Hint
from bot.live import Bus

AFTER_SECONDS = 0.4
# As often as who types is told by a browser; Telegram shows it for five seconds.
AGAIN_SECONDS = 3.0
MOST_SECONDS = 30.0  # longer than a turn takes, however slow the engine is


class TypingSign:
    """Shown in one thread until it is cancelled; not at all for an answer that comes at once."""

    def __init__(self, bus: Bus, topic: str) -> None:
        self._bus = bus
        self._topic = topic
        self._left = int(MOST_SECONDS / AGAIN_SECONDS)
        self._next = asyncio.get_running_loop().call_later(AFTER_SECONDS, self._show)

    def cancel(self) -> None:
        """Nobody types any more."""
        self._next.cancel()

    def _show(self) -> None:
        # `Any`-free on purpose: typing is (author, on), see docs/widget-protocol.md
        self._bus.publish(Hint(self._topic, "typing", (Author(AuthorKind.BOT), True)))
        self._left -= 1
        if self._left > 0:
            self._next = asyncio.get_running_loop().call_later(AGAIN_SECONDS, self._show)
