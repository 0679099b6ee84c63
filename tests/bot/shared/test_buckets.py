"""Token buckets: the same rule in process and in Redis, counted together, and never a wall."""

import asyncio

import pytest

from bot.channel import RateLimit
from bot.shared import buckets
from bot.shared.buckets import LocalBuckets
from tests.bot.shared.processes import link_of, process, two_processes, until
from tests.redis_server import OwnRedis, RedisPlace, client

pytestmark = pytest.mark.asyncio

# Slow enough that no token comes back while a test runs.
SLOW = 0.001


async def the_rule(limit: RateLimit) -> None:
    """Burst 3, one token every 1000 seconds."""
    assert [await limit.take("a") for _ in range(3)] == [0, 0, 0]
    wait = await limit.take("a")
    assert 900 < wait <= 1000
    assert await limit.take("a") <= wait, "a refusal costs nothing"
    assert await limit.take("b") == 0, "somebody else has a bucket of their own"
    assert await limit.take("b", "a") > 900, "one empty bucket refuses"
    assert [await limit.take("b") for _ in range(2)] == [0, 0], "and takes nothing of the others"
    assert await limit.take("b") > 0


async def test_in_process() -> None:
    await the_rule(LocalBuckets(burst=3, per_second=SLOW))


async def test_in_redis(redis: RedisPlace) -> None:
    async with process(redis) as one:
        await the_rule(one.rate_limit("messages", burst=3, per_second=SLOW))


async def test_processes_count_together_and_purposes_apart(redis: RedisPlace) -> None:
    async with two_processes(redis) as (one, two):
        here = one.rate_limit("messages", burst=2, per_second=SLOW)
        there = two.rate_limit("messages", burst=2, per_second=SLOW)
        assert await here.take("a") == 0
        assert await there.take("a") == 0
        assert await here.take("a") > 0
        assert await there.take("a") > 0
        assert await two.rate_limit("sign-in", burst=2, per_second=SLOW).take("a") == 0


async def test_a_burst_from_everywhere_at_once_passes_exactly_once(redis: RedisPlace) -> None:
    async with two_processes(redis) as both:
        limits = [one.rate_limit("messages", burst=20, per_second=SLOW) for one in both]
        waits = await asyncio.gather(*(limits[n % 2].take("a") for n in range(200)))
        assert sum(wait == 0 for wait in waits) == 20


async def test_tokens_come_back(redis: RedisPlace) -> None:
    async with process(redis) as one:
        limit = one.rate_limit("messages", burst=1, per_second=20)
        assert await limit.take("a") == 0
        wait = await limit.take("a")
        assert 0 < wait <= 0.05
        async with asyncio.timeout(10):
            while await limit.take("a"):
                await asyncio.sleep(0.01)


async def test_keys_end_by_themselves_and_name_nobody(redis: RedisPlace) -> None:
    async with process(redis) as one:
        await one.rate_limit("sign-in", burst=10, per_second=1).take("account anna@example.com")
    (key,) = redis.names()
    assert key.startswith(f"{redis.prefix}limit:sign-in:")
    assert "anna" not in key
    with client(redis.url) as raw:
        # One token is missing; it takes a second to come back.
        assert 0 < raw.pttl(key) <= 2000


async def test_a_redis_that_forgot_its_scripts_learns_them_again(redis: RedisPlace) -> None:
    async with process(redis) as one:
        limit = one.rate_limit("messages", burst=1, per_second=SLOW)
        assert await limit.take("a") == 0
        with client(redis.url) as raw:
            raw.script_flush()
        assert await limit.take("a") > 0
        assert link_of(one).there


async def test_nobody_is_refused_because_redis_is_away(own_redis: OwnRedis) -> None:
    async with process(own_redis) as one:
        limit = one.rate_limit("messages", burst=2, per_second=SLOW)
        assert [await limit.take("a") for _ in range(2)] == [0, 0]
        assert await limit.take("a") > 0
        own_redis.kill()
        assert [await limit.take("a") for _ in range(2)] == [0, 0], "this process counts alone"
        assert await limit.take("a") > 0
        own_redis.start()
        await until(lambda: link_of(one).there)
        assert await limit.take("b") == 0


async def test_a_silent_redis_is_waited_for_once(own_redis: OwnRedis) -> None:
    async with process(own_redis) as one:
        limit = one.rate_limit("messages", burst=50, per_second=SLOW)
        await limit.take("a")
        own_redis.freeze()
        waits = await asyncio.gather(*(limit.take("a") for _ in range(40)))
        assert waits == [0] * 40
        assert not link_of(one).there
        own_redis.thaw()
        await until(lambda: link_of(one).there)


async def test_a_redis_without_memory_refuses_nobody(own_redis: OwnRedis) -> None:
    async with process(own_redis) as one:
        limit = one.rate_limit("messages", burst=2, per_second=SLOW)
        with client(own_redis.url) as raw:
            raw.config_set("maxmemory", "1")
        assert [await limit.take("a") for _ in range(2)] == [0, 0]
        assert await limit.take("a") > 0
        assert link_of(one).there, "hints still flow"


async def test_full_buckets_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr(buckets, "monotonic", lambda: clock[0])
    monkeypatch.setattr(buckets, "SWEEP_ABOVE", 10)
    limit = LocalBuckets(burst=2, per_second=1)
    for number in range(10):
        await limit.take(str(number))
    clock[0] += 5
    await limit.take("late")
    assert list(limit._buckets) == ["late"]
