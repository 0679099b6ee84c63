"""How long a customer will probably wait. Pure.

The queue-length estimator: the expected wait of place n is n times the time that passes between two
customers who are taken (W. Whitt, “Predicting queueing delays”, Management Science 45, 1999;
R. Ibrahim and W. Whitt, “Real-time delay estimation in overloaded multiserver queues with
abandonments”, Management Science 55, 2009, compare it with others). That pace is measured, not
configured: of each customer who was taken lately it is the wait divided by how many were taken
from the same queue during it, the customer too. The middle half of those paces makes the range; and
as long as nobody is taken for longer than that, the pace is at least as slow.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

LOOKS_BACK = timedelta(hours=3)
MOST_WAITS = 50
FEWEST_WAITS = 5
# Beyond it only “more than an hour” is honest.
LONGEST_MINUTES = 60


@dataclass(frozen=True)
class Wait:
    """A customer who was taken; `open_seconds`: what of the wait lay in opening hours."""

    queued_at: datetime
    taken_at: datetime
    open_seconds: float


@dataclass(frozen=True)
class Minutes:
    """From about so many minutes to about so many; alike: about that many."""

    low: int
    high: int


def paces(waits: Sequence[Wait]) -> list[float]:
    """Seconds between two customers who are taken, as each wait has seen it."""
    return [
        wait.open_seconds
        / max(1, sum(wait.queued_at < other.taken_at <= wait.taken_at for other in waits))
        for wait in waits
    ]


def estimate(place: int, waits: Sequence[Wait], *, stalled: float) -> Minutes | None:
    """The expected wait of somebody at this place (1: the next); None with too little to go by.

    `stalled`: seconds since when somebody waits and nobody was taken.
    """
    if len(waits) < FEWEST_WAITS:
        return None
    ordered = sorted(paces(waits))
    low, high = (
        _minutes(place * max(_quantile(ordered, share), stalled)) for share in (0.25, 0.75)
    )
    return Minutes(low, high)


def _minutes(seconds: float) -> int:
    """Whole minutes, rounded up, and to fives where nobody can be exact."""
    minutes = max(1, math.ceil(seconds / 60))
    if minutes > 10:
        minutes = 5 * math.ceil(minutes / 5)
    return min(minutes, LONGEST_MINUTES)


def _quantile(ordered: Sequence[float], share: float) -> float:
    at = share * (len(ordered) - 1)
    below = int(at)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (at - below) * (ordered[above] - ordered[below])
