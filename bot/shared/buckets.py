"""Token buckets: `burst` at once, then `per_second` more; in process, or in Redis for all.

Each of `whose` has a bucket. A try passes when all of them hold a token, and takes one of each;
else it takes none. A bucket that would be full again is forgotten.
"""

from hashlib import blake2b
from time import monotonic

from bot.shared.link import Away, RedisLink

SWEEP_ABOVE = 10_000

# KEYS: the buckets. ARGV: burst, tokens a second. Redis's own clock, so that machines agree.
TAKE = """
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
local burst, per_second = tonumber(ARGV[1]), tonumber(ARGV[2])
local tokens, wait = {}, 0
for i, key in ipairs(KEYS) do
  local bucket = redis.call('HMGET', key, 'tokens', 'at')
  tokens[i] = burst
  if bucket[1] then
    local passed = math.max(0, now - tonumber(bucket[2]))
    tokens[i] = math.min(burst, tonumber(bucket[1]) + passed * per_second)
  end
  if tokens[i] < 1 then wait = math.max(wait, (1 - tokens[i]) / per_second) end
end
for i, key in ipairs(KEYS) do
  if wait == 0 then tokens[i] = tokens[i] - 1 end
  redis.call('HSET', key, 'tokens', string.format('%.9f', tokens[i]),
             'at', string.format('%.6f', now))
  redis.call('PEXPIRE', key, math.ceil((burst - tokens[i]) / per_second * 1000) + 1000)
end
return string.format('%.6f', wait)
"""


class LocalBuckets:
    """The buckets of this process."""

    def __init__(self, *, burst: int, per_second: float) -> None:
        self._burst = float(burst)
        self._per_second = per_second
        self._buckets: dict[str, tuple[float, float]] = {}  # whose → (tokens, at)
        self._swept_at = 0.0

    async def take(self, *whose: str) -> float:
        """0 when it passes (and is counted), else seconds to wait."""
        at = monotonic()
        tokens = {key: self._tokens_at(key, at) for key in whose}
        wait = max((1.0 - held) / self._per_second for held in tokens.values())
        for key, held in tokens.items():
            self._buckets[key] = (held - 1.0 if wait <= 0 else held, at)
        if len(self._buckets) > SWEEP_ABOVE:
            self._forget_full(at)
        return max(wait, 0.0)

    def _tokens_at(self, key: str, at: float) -> float:
        held, last = self._buckets.get(key, (self._burst, at))
        return min(self._burst, held + (at - last) * self._per_second)

    def _forget_full(self, at: float) -> None:
        if at - self._swept_at < self._burst / self._per_second:
            return
        self._swept_at = at
        self._buckets = {
            key: bucket
            for key, bucket in self._buckets.items()
            if self._tokens_at(key, at) < self._burst
        }


class SharedBuckets:
    """The buckets of all processes; while Redis is away this process counts alone.

    Nobody is refused because Redis is: a limit protects the desk, and is not worth a customer.
    """

    def __init__(self, link: RedisLink, name: str, *, burst: int, per_second: float) -> None:
        self._link = link
        self._name = name
        self._shape = (burst, per_second)
        self._script = link.script(TAKE)
        self._local = LocalBuckets(burst=burst, per_second=per_second)

    async def take(self, *whose: str) -> float:
        """0 when it passes (and is counted), else seconds to wait."""
        keys = [self._link.key("limit", self._name, _digest(key)) for key in dict.fromkeys(whose)]
        try:
            return float(await self._link.ask(self._script, keys, self._shape))
        except Away:
            return await self._local.take(*whose)


def _digest(key: str) -> str:
    # A key may hold an e-mail address; Redis need not know it.
    return blake2b(key.encode(), digest_size=16).hexdigest()
