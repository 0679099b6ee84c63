"""Whether an engine gets turns: a circuit breaker that does not flap. Pure but for its clock.

closed ──failures──▶ open ──pause, then one probe that answers──▶ trial ──good turns──▶ closed
                      ▲                                            │
                      └──────── one failure, a longer pause ───────┘

The pause before the next probe doubles with every failure, with jitter, up to a bound. It is short
again only after an engine has answered turns: one that answers probes and then fails its turns
is out for longer each time, instead of in and out all day.
"""

import random
import time
from collections import deque
from collections.abc import Callable
from enum import StrEnum

FAILURES_IN_A_ROW = 3
LAST_TURNS = 20
FEWEST_TURNS = 10
BAD_SHARE = 0.5
PROBES_IN_VAIN = 2
TRIAL_TURNS = 3
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 15.0


class BreakerState(StrEnum):
    """Closed: all turns; open: none; trial: it answered a probe, and shall prove itself."""

    CLOSED = "closed"
    OPEN = "open"
    TRIAL = "trial"


class Breaker:
    """Told what became of turns and probes. `clock`: seconds; `chance`: 0 to 1, for the jitter."""

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._clock = clock
        self._chance = chance
        self.state = BreakerState.CLOSED
        self._in_a_row = 0
        self._lately: deque[bool] = deque(maxlen=LAST_TURNS)
        self._good_in_trial = 0
        self._probes_in_vain = 0
        self._openings = 0
        self._probe_at = 0.0
        self._probing = False

    @property
    def is_open(self) -> bool:
        """No turn may go there."""
        return self.state is BreakerState.OPEN

    @property
    def in_trial(self) -> bool:
        """Turns may go there, better not many at once."""
        return self.state is BreakerState.TRIAL

    def turn_succeeded(self) -> None:
        """It answered a turn."""
        if self.is_open:
            return  # asked before it was opened; the probe decides
        self._in_a_row = 0
        self._lately.append(True)
        if self.in_trial:
            self._good_in_trial += 1
            if self._good_in_trial >= TRIAL_TURNS:
                self.state, self._openings = BreakerState.CLOSED, 0

    def turn_failed(self) -> None:
        """It gave no usable answer, and that was the engine's fault."""
        if self.is_open:
            return
        self._in_a_row += 1
        self._lately.append(False)
        if self.in_trial or self._in_a_row >= FAILURES_IN_A_ROW or self._is_mostly_bad():
            self._open()

    @property
    def is_probing(self) -> bool:
        """Whether a probe is on its way."""
        return self._probing

    def probe_due(self) -> bool:
        """Whether to probe an open engine now: one probe at a time, after the pause."""
        return self.is_open and not self._probing and self._clock() >= self._probe_at

    def probe_began(self) -> None:
        """No second probe until this one is back."""
        self._probing = True

    def probe_succeeded(self) -> None:
        """It is there. That closes nothing: an engine may be ready and fail all the same."""
        self._probing, self._probes_in_vain = False, 0
        if self.is_open:
            self.state, self._good_in_trial, self._in_a_row = BreakerState.TRIAL, 0, 0

    def probe_failed(self) -> None:
        """It is not there, or not ready."""
        self._probing = False
        if self.is_open:
            self._pause()
            return
        self._probes_in_vain += 1
        if self.in_trial or self._probes_in_vain >= PROBES_IN_VAIN:
            self._open()

    def _open(self) -> None:
        self.state = BreakerState.OPEN
        self._lately.clear()
        self._in_a_row = self._probes_in_vain = 0
        self._pause()

    def _pause(self) -> None:
        # The exponent is bounded as well: a night without an engine is many tries.
        longest = FIRST_PAUSE_SECONDS * 2 ** min(self._openings, 16)
        pause = min(LONGEST_PAUSE_SECONDS, longest) * (0.5 + self._chance() / 2)
        self._openings += 1
        self._probe_at = self._clock() + pause

    def _is_mostly_bad(self) -> bool:
        bad = self._lately.count(False)
        return len(self._lately) >= FEWEST_TURNS and bad >= BAD_SHARE * len(self._lately)
