"""Another program that asks Telegram with our token: who of the two goes on. No I/O.

Telegram gives an update to whoever asks until it is confirmed, and tells of two who ask only while
one of them waits for its answer: that one gets a Conflict. Of two desks the newer one gives way. A
desk that has just begun takes nothing until it has asked for a moment and no Conflict came; one
that was there before asks again at once, which the newer one gets a Conflict of. That one is quiet
then, and asks now and then whether it is alone.
"""

import random
from collections.abc import Callable, Iterable
from time import monotonic

START_SECONDS = 2.0  # of a desk that has just begun
SOON_SECONDS = 0.5  # of the one that was there; the other hears of it within START_SECONDS
GRACE_SECONDS = 2.0  # in which the other gives way; a second Conflict says that it does not
FIRST_PAUSE_SECONDS = 3.0  # longer than GRACE_SECONDS
LONGEST_PAUSE_SECONDS = 60.0
CONFLICT_SECONDS = 5.0  # of asking without a Conflict, until who gave way takes anything
PEEK_SECONDS = 0.5  # between questions whose answers are not taken


class Rivals:
    """Whether this process may take what Telegram gives it. `clock`: seconds."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._quiet_until = 0.0
        self._is_settled = False
        self._last = float("-inf")  # when there was a sign of another
        self._gave_way = 0  # how often since we took anything, up to 10
        self._left: frozenset[int] = frozenset()

    def begin(self) -> None:
        """We ask from now on."""
        self._is_settled = False
        self._quiet_until = self._clock() + START_SECONDS

    def may_take(self) -> bool:
        """Whether nobody else takes the same now, as far as anybody can know."""
        if self._clock() < self._quiet_until:
            return False
        self._is_settled, self._left, self._gave_way = True, frozenset(), 0
        return True

    def leave(self, numbers: Iterable[int]) -> bool:
        """Notes updates that were given and not taken; whether some of those before are gone. We
        did not confirm them, so another has taken them: as good as a Conflict."""
        given = frozenset(numbers)
        is_gone, self._left = bool(self._left - given), given
        return is_gone

    def conflict(self) -> float:
        """There is another; how long to wait before we ask again."""
        at, before = self._clock(), self._last
        self._last = at
        if self._is_settled and at - before > GRACE_SECONDS:
            self._quiet_until = at + GRACE_SECONDS
            return SOON_SECONDS
        # At random: of two that began in one moment one is back first.
        pause = min(FIRST_PAUSE_SECONDS * 2.0**self._gave_way, LONGEST_PAUSE_SECONDS)
        pause *= random.uniform(1, 2)  # noqa: S311 - no secret
        self._gave_way = min(self._gave_way + 1, 10)
        self._is_settled = False
        self._quiet_until = at + pause + CONFLICT_SECONDS
        return pause
