"""A door that lets a bounded number in at a time, and tells the others when to come back."""

import random
from collections.abc import Iterator
from contextlib import contextmanager

from bot.errors import FirstlineError


class Busy(FirstlineError):
    """There is too much to do: nothing was taken, and it may be sent again in `retry_after`
    seconds. Make it with `busy`."""

    code = "busy"
    status = 503


def busy(seconds: float) -> Busy:
    """About so many seconds, so that not all come back in one moment."""
    return Busy(retry_after=round(seconds * random.uniform(0.5, 1.5), 2))  # noqa: S311 - jitter


class Gate:
    """At most `limit` inside; whoever is one too many is sent away for about `seconds`."""

    def __init__(self, limit: int, *, seconds: float) -> None:
        self._limit = limit
        self._seconds = seconds
        self._inside = 0

    @contextmanager
    def enter(self) -> Iterator[None]:
        """Inside for as long as the block lasts; raises Busy."""
        if self._inside >= self._limit:
            raise busy(self._seconds)
        self._inside += 1
        try:
            yield
        finally:
            self._inside -= 1
