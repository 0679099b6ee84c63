"""Which triage channels Slack has just called private, and shared with nobody outside. Pure."""

import time
from collections.abc import Callable

# So long may a channel that was made public still be taken for private.
KEPT_SECONDS = 60.0


class Privates:
    """One for the process; the watch has it asked anew when it finds something wrong."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until: dict[str, float] = {}  # by place

    def has(self, place: str) -> bool:
        """Whether the answer is fresh enough to go by."""
        return self._clock() < self._until.get(place, 0.0)

    def keep(self, place: str, asked_at: float) -> None:
        """Slack was asked then, and said yes."""
        self._until[place] = asked_at + KEPT_SECONDS

    def now(self) -> float:
        """The time that `keep` counts from."""
        return self._clock()

    def forget(self) -> None:
        """Whoever wants to post has to ask again."""
        self._until.clear()
