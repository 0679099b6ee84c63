"""How fast Slack lets us post: learnt from its 429s, for each method and channel. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

# Slack allows about one post a second and channel; it is only kept to after it has complained.
PACED_SECONDS = 60.0
APART_SECONDS = 1.0


@dataclass
class _Slot:
    free_at: float  # of the next call
    paced_until: float
    promised: float = 0.0  # when the last of those will come who were told to come again


class Pace:
    """When the next call may go out. What must wait for long waits in the outbox."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._slots: dict[tuple[str, ...], _Slot] = {}

    def take(self, *of: str, most: float) -> float:
        """Seconds until the call may be made, and books it; when that is beyond `most`, books
        nothing and the caller must come again after that.

        Each of those is told a time of its own: if all came back for the same one, most of them
        came in vain, again and again, until the outbox gives them up.
        """
        slot, now = self._slots.get(of), self._clock()
        if slot is None:
            return 0.0
        if now >= slot.paced_until and now >= slot.free_at:
            del self._slots[of]
            return 0.0
        wait = max(slot.free_at - now, 0.0)
        if wait <= most:
            slot.free_at = max(slot.free_at, now) + APART_SECONDS
            return wait
        slot.promised = max(slot.promised, slot.free_at) + APART_SECONDS
        return slot.promised - now

    def slow_down(self, *of: str, seconds: float) -> None:
        """Slack said to wait so long."""
        now = self._clock()
        before = self._slots.get(of)
        free_at = max(now + seconds, before.free_at if before else 0.0)
        promised = before.promised if before else 0.0
        self._slots[of] = _Slot(free_at, free_at + PACED_SECONDS, promised)
