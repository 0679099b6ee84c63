"""The connection to Redis: opened, watched, and opened again when it was lost.

While Redis is away nobody waits for it. `there` is false, `ask` raises Away at once, and whoever
uses Redis goes on with what this process knows. One log line says that it went, one that it came.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from itertools import count
from time import monotonic
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.commands.core import AsyncScript
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

from bot.cancelling import heeding
from bot.redis_url import redis_place

PATIENCE_SECONDS = 1.0
PING_SECONDS = 5.0
FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 5.0
AT_ONCE = 16

# What says that the connection is of no use; any other RedisError is a refusal of one command.
LOST = (RedisConnectionError, RedisTimeoutError, OSError)
TROUBLE = (RedisError, OSError)

log = structlog.get_logger()


class Away(Exception):
    """Redis cannot be asked now; the caller goes on with what this process knows."""


class RedisLink:
    """Redis as this process sees it; `start` opens it, `run` keeps it open."""

    def __init__(self, url: str, *, prefix: str) -> None:
        self.place = redis_place(url)
        self.there = False
        self.problem: str | None = None
        self._prefix = prefix
        # No retries inside the client: a reconnection behind our back would hide lost hints.
        self._client: Redis = Redis.from_url(
            url,
            protocol=2,
            retry=Retry(NoBackoff(), 0),
            socket_timeout=PATIENCE_SECONDS,
            socket_connect_timeout=PATIENCE_SECONDS,
            client_name="firstline",
        )
        self._standing: PubSub | None = None
        self._channel = self.key("hints")
        self._receive: Callable[[bytes], None] = lambda _raw: None
        self._send: Callable[[], Awaitable[object]] = asyncio.Event().wait
        self._watchers: list[Callable[[bool], None]] = []
        self._doubted = asyncio.Event()
        self._few = asyncio.Semaphore(AT_ONCE)
        self._refusals: set[str] = set()
        self._lost_at = 0.0

    def key(self, *names: str) -> str:
        """A key or channel under this installation's prefix."""
        return self._prefix + ":".join(names)

    def script(self, source: str) -> AsyncScript:
        """A Lua script for `ask`; Redis learns it when it does not know it (any more)."""
        return self._client.register_script(source)

    def carry(
        self, *, receive: Callable[[bytes], None], send: Callable[[], Awaitable[None]]
    ) -> None:
        """Who takes what is published, and who publishes (`send` runs while Redis is there)."""
        self._receive, self._send = receive, send

    def on_change(self, call: Callable[[bool], None]) -> None:
        """Calls with False when Redis was lost, with True when it is back; must not wait."""
        self._watchers.append(call)

    async def publish(self, messages: Sequence[bytes]) -> None:
        """Publishes in one trip; raises RedisError or OSError."""
        async with self._client.pipeline(transaction=False) as pipe:
            for message in messages:
                pipe.publish(self._channel, message)
            await heeding(pipe.execute())

    # `Any`: what a script returns is the script's own.
    async def ask(self, script: AsyncScript, keys: Sequence[str], args: Sequence[Any]) -> Any:
        """Runs a script; raises Away, at once when Redis is known to be away."""
        async with self._few:
            if not self.there:
                raise Away
            try:
                return await heeding(script(keys=list(keys), args=list(args)))
            except LOST as error:
                self._lose(error)
                self._doubted.set()
                raise Away from error
            except RedisError as error:
                self._tell_refusal(error)
                raise Away from error

    async def start(self) -> None:
        """Opens the connection; raises RedisError or OSError."""
        self._standing = await self._open()
        self.there = True

    async def run(self) -> None:
        """Carries hints for ever, over as many connections as it takes."""
        standing = self._standing
        if standing is None:
            standing = await heeding(self._reopen())
        while True:
            try:
                await self._hold(standing)
            except TROUBLE as error:
                self._lose(error)
            finally:
                await heeding(_end(standing))
            standing = await heeding(self._reopen())

    async def close(self) -> None:
        """Gives all connections back."""
        self.there = False
        if self._standing is not None:
            await _end(self._standing)
        await self._client.aclose()

    async def _open(self) -> PubSub:
        standing = self._client.pubsub()
        try:
            await heeding(standing.subscribe(self._channel))
            _check_answer(await heeding(standing.get_message(timeout=PATIENCE_SECONDS)))
        except BaseException:
            await _end(standing)
            raise
        return standing

    async def _reopen(self) -> PubSub:
        for tries in count():
            await asyncio.sleep(_pause(tries))
            try:
                standing = await self._open()
            except TROUBLE as error:
                self.problem = _named(error)
                continue
            self._standing = standing
            self._find()
            return standing
        raise AssertionError  # count() has no end

    async def _hold(self, standing: PubSub) -> None:
        """Until it is lost; raises RedisError or OSError."""
        # No TaskGroup: of a failure and a cancelling in one moment it raises the failure alone.
        work = [
            asyncio.create_task(self._listen(standing)),
            asyncio.create_task(_for_ever(self._send)),
            asyncio.create_task(self._end_when_doubted()),
        ]
        try:
            await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in work:
                one.cancel()
            ended = await asyncio.gather(*work, return_exceptions=True)
        errors = [error for error in ended if isinstance(error, Exception)]
        # What is no trouble with Redis is a fault of ours, and the first to be told.
        errors.sort(key=lambda error: isinstance(error, TROUBLE))
        raise errors[0] if errors else RedisConnectionError("the connection was given up")

    async def _listen(self, standing: PubSub) -> None:
        asked = False
        while True:
            message = await heeding(standing.get_message(timeout=PING_SECONDS))
            if message is None and asked:
                raise RedisTimeoutError("no sign of life")
            asked = message is None
            if message is None:
                # A cut network does not close a connection; only silence tells.
                await heeding(standing.ping())
            elif message["type"] == "message":
                self._receive(message["data"])
                # A flood that is in the buffer already must not keep the loop from other work.
                await asyncio.sleep(0)

    async def _end_when_doubted(self) -> None:
        await self._doubted.wait()
        raise RedisConnectionError(self.problem or "a command failed")

    def _lose(self, error: BaseException) -> None:
        self.problem = _named(error)
        if not self.there:
            return
        self.there, self._lost_at = False, monotonic()
        log.warning("redis.lost", place=self.place, problem=self.problem)
        self._tell(there=False)

    def _find(self) -> None:
        self._doubted.clear()
        self._refusals.clear()
        self.there, self.problem = True, None
        away = round(monotonic() - self._lost_at, 1)
        log.info("redis.back", place=self.place, away_seconds=away)
        self._tell(there=True)

    def _tell(self, *, there: bool) -> None:
        for call in self._watchers:
            call(there)

    def _tell_refusal(self, error: RedisError) -> None:
        name = _named(error)
        if name not in self._refusals:
            self._refusals.add(name)
            log.warning("redis.refused", place=self.place, problem=name, detail=str(error))


async def _end(standing: PubSub) -> None:
    await standing.aclose()  # type: ignore[no-untyped-call]  # redis-py leaves this one out


def _check_answer(message: object) -> None:
    if message is None:
        raise RedisTimeoutError("no answer to SUBSCRIBE")


async def _for_ever(step: Callable[[], Awaitable[object]]) -> None:
    while True:
        await step()


def _pause(tries: int) -> float:
    """Seconds before the next try: doubling and bounded; jitter spreads many processes out."""
    ceiling = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0 ** min(tries, 10))
    return ceiling * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not a secret


def _named(error: BaseException) -> str:
    return type(error).__name__
