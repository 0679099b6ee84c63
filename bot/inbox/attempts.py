"""How often somebody may try to sign in: a token bucket for each address and each account."""

from time import monotonic

from bot.errors import FirstlineError

SWEEP_ABOVE = 10_000
FULL_AGAIN_SECONDS = 60.0


class TooManySignIns(FirstlineError):
    """Wait a minute."""

    code = "too_many_sign_ins"
    status = 429


class Attempts:
    """`per_minute` tries at once, then one more each time that a part of a minute is over."""

    def __init__(self, per_minute: int) -> None:
        self._full = float(per_minute)
        self._left: dict[str, tuple[float, float]] = {}  # whose → (tries left, at)

    def count(self, *whose: str) -> None:
        """Counts a try against each of these keys; raises TooManySignIns when one has none left."""
        at = monotonic()
        left = {key: self._left_at(key, at) for key in whose}
        allowed = all(tries >= 1.0 for tries in left.values())
        for key, tries in left.items():
            self._left[key] = (tries - 1.0 if allowed else tries, at)
        if len(self._left) > SWEEP_ABOVE:
            self._forget_idle(at)
        if not allowed:
            raise TooManySignIns

    def _left_at(self, key: str, at: float) -> float:
        left, last = self._left.get(key, (self._full, at))
        return min(self._full, left + (at - last) * self._full / FULL_AGAIN_SECONDS)

    def _forget_idle(self, at: float) -> None:
        self._left = {
            key: bucket for key, bucket in self._left.items() if at - bucket[1] < FULL_AGAIN_SECONDS
        }
