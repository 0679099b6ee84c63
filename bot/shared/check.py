"""Is Redis fit for work: asked at the start, and by `firstline doctor`."""

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, NoPermissionError, ReadOnlyError, RedisError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from bot.errors import BadSetting
from bot.redis_url import redis_place

PATIENCE_SECONDS = 5.0
FINGERPRINT = "token-fingerprint"

# All that the desk does with Redis, on keys that come to nothing.
TRY = """
redis.call('TIME')
redis.call('HSET', KEYS[1], 'a', 1)
redis.call('ZADD', KEYS[2], 1, 'a')
redis.call('DEL', KEYS[1], KEYS[2])
return 1
"""


class UnusableRedis(BadSetting):
    """What is wrong with it, and where it is; never its password."""

    def __init__(self, url: str, problem: str) -> None:
        super().__init__(f"FIRSTLINE_REDIS_URL: {redis_place(url)} {problem}.")


async def check_redis(url: str, *, prefix: str) -> None:
    """Raises UnusableRedis."""
    async with _client(url) as redis:
        try:
            await redis.ping()
            await redis.eval(TRY, 2, f"{prefix}limit:try", f"{prefix}online:try")
            await redis.publish(f"{prefix}hints", b"")
        except (RedisError, OSError) as error:
            raise UnusableRedis(url, _problem(error)) from error


async def kept_fingerprint(url: str, *, prefix: str, mine: str) -> str:
    """The fingerprint of the first desk under this prefix: `mine`, if there was none."""
    async with _client(url) as redis:
        try:
            await redis.set(prefix + FINGERPRINT, mine, nx=True)
            kept = await redis.get(prefix + FINGERPRINT)
        except (RedisError, OSError) as error:
            raise UnusableRedis(url, _problem(error)) from error
    return kept.decode("ascii", "replace") if isinstance(kept, bytes) else kept or mine


async def forget_fingerprint(url: str, *, prefix: str) -> None:
    """The next desk that starts says which secret it is."""
    async with _client(url) as redis:
        try:
            await redis.delete(prefix + FINGERPRINT)
        except (RedisError, OSError) as error:
            raise UnusableRedis(url, _problem(error)) from error


def _client(url: str) -> Redis:
    return Redis.from_url(
        url,
        protocol=2,
        retry=Retry(NoBackoff(), 0),
        socket_timeout=PATIENCE_SECONDS,
        socket_connect_timeout=PATIENCE_SECONDS,
    )


def _problem(error: Exception) -> str:
    match error:
        case AuthenticationError() if "required" in str(error) or "HELLO" in str(error):
            return "wants a password: redis://:PASSWORD@HOST:PORT/DB"
        case AuthenticationError():
            return "refuses the user name or the password"
        case RedisTimeoutError():
            return f"does not answer within {PATIENCE_SECONDS:g} s"
        case NoPermissionError():
            return "does not allow its user what the desk needs (docs/redis.md)"
        case ReadOnlyError():
            return "is a replica that cannot be written"
        case RedisConnectionError() | OSError():
            return f"cannot be reached: {_sentence(error)}"
    return f"cannot be used: {_sentence(error)}"


def _sentence(error: Exception) -> str:
    return (str(error) or type(error).__name__).strip().rstrip(".")
