"""How fast one visitor may write: a token bucket each."""

from time import monotonic

FORGET_AFTER_SECONDS = 600.0
SWEEP_ABOVE = 10_000


class RateLimit:
    """`burst` messages at once, then `per_second` more."""

    def __init__(self, *, burst: int, per_second: float) -> None:
        self._burst = burst
        self._per_second = per_second
        self._buckets: dict[str, tuple[float, float]] = {}  # visitor → (left, at)

    def wait_seconds(self, visitor: str) -> float:
        """0 when the message may pass (and is counted), else how long to wait."""
        at = monotonic()
        left, last = self._buckets.get(visitor, (float(self._burst), at))
        left = min(float(self._burst), left + (at - last) * self._per_second)
        allowed = left >= 1.0
        self._buckets[visitor] = (left - 1.0 if allowed else left, at)
        if len(self._buckets) > SWEEP_ABOVE:
            self._forget_idle(at)
        return 0.0 if allowed else (1.0 - left) / self._per_second

    def _forget_idle(self, at: float) -> None:
        self._buckets = {
            visitor: bucket
            for visitor, bucket in self._buckets.items()
            if at - bucket[1] < FORGET_AFTER_SECONDS
        }
