"""How long a delivery waits before its next try."""

import random
from datetime import datetime

from bot.clock import now

FIRST_WAIT_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 300.0
LONGEST_TAKEN_OVER_SECONDS = 3600.0


def backoff(attempts: int) -> float:
    """Seconds to wait after so many tries: doubling, with jitter, bounded."""
    ceiling = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2.0 ** (attempts - 1))
    return ceiling * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not a secret


def honour(seconds: float) -> float:
    """What a channel asked for and a little more, so that not all come back in one moment."""
    return max(seconds, 0.0) * random.uniform(1.0, 1.1)  # noqa: S311 - jitter, not a secret


def left(until: datetime | None) -> float:
    """Seconds that another process's pause goes on; a wrong clock makes it no longer than ours."""
    seconds = 0.0 if until is None else (until - now()).total_seconds()
    return min(max(seconds, 0.0), LONGEST_TAKEN_OVER_SECONDS)
