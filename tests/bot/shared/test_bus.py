"""Hints between processes over a real Redis: here at once, there soon, and what an outage costs."""

import asyncio
from datetime import UTC, datetime

import pytest
from structlog.testing import CapturingLogger

from bot.channel import Author, AuthorKind, OutboundMessage, Pointer, ThreadStatus
from bot.live import MISSED, Hint, Subscription
from bot.shared import bus as bus_module
from bot.shared import link as link_module
from bot.shared.parts import Shared
from tests.bot.shared.processes import (
    bus_of,
    link_of,
    next_hint,
    process,
    two_processes,
    until,
)
from tests.redis_server import OwnRedis, RedisPlace, client

pytestmark = pytest.mark.asyncio

TOPIC = "thread:web:visitor:care"


async def test_a_hint_is_here_at_once_and_there_soon(redis: RedisPlace) -> None:
    async with two_processes(redis) as (one, two):
        with one.bus.subscribe([TOPIC]) as here, two.bus.subscribe([TOPIC, "x"]) as there:
            hint = Hint(TOPIC, "message", "some-id")
            one.bus.publish(hint)
            async with asyncio.timeout(0):
                assert await here.get() is hint
            assert await next_hint(there) == hint
            two.bus.publish(Hint(TOPIC, "seen", "another"))
            assert (await next_hint(here)).data == "another"
            assert (await next_hint(there)).data == "another"
            one.bus.publish(Hint("x", "seen", "last"))
            assert (await next_hint(there)).data == "last", "its own came once, not twice"
            assert not here.lagging
            assert not there.lagging


async def test_every_kind_of_hint_has_a_form_without_anybodys_words(redis: RedisPlace) -> None:
    at = datetime(2026, 11, 25, tzinfo=UTC)
    secret = "I was burgled, and my neighbour is Zdzisława"
    message = OutboundMessage(
        channel="web",
        thread="t",
        conversation="c1",
        seq=7,
        at=at,
        author=Author(AuthorKind.AGENT, "Anna"),
        text=secret,
    )
    status = ThreadStatus("c1", "queued", last_seq=8, language="en", agent_name=None)
    typing = (Author(AuthorKind.AGENT, "Łucja"), True)
    published = [
        (Hint(TOPIC, "message", message), Pointer("c1", 7)),
        (Hint(TOPIC, "status", status), Pointer("c1", 8)),
        (Hint(TOPIC, "typing", typing), typing),
        (Hint(TOPIC, "typing", (Author(AuthorKind.BOT), False)), (Author(AuthorKind.BOT), False)),
        (Hint(TOPIC, "message", "c1"), "c1"),
    ]
    with client(redis.url) as raw:
        listener = raw.pubsub()
        listener.subscribe(f"{redis.prefix}hints")
        async with two_processes(redis) as (one, two):
            with two.bus.subscribe([TOPIC]) as there:
                for hint, expected in published:
                    one.bus.publish(hint)
                    got = await next_hint(there)
                    assert (got.kind, got.data) == (hint.kind, expected)
        seen = b""
        while (found := listener.get_message(timeout=0.2)) is not None:
            seen += found["data"] if found["type"] == "message" else b""
        listener.close()
    assert b'"seq":7' in seen
    assert secret.encode() not in seen


async def test_what_a_newer_program_says_means_fetch(redis: RedisPlace) -> None:
    async with process(redis) as one:
        with one.bus.subscribe([TOPIC]) as here, client(redis.url) as raw:
            for nonsense in (b"", b"[]", b'{"v":1}', b'"x"', b"\xff\xfe"):
                raw.publish(f"{redis.prefix}hints", nonsense)
            raw.publish(
                f"{redis.prefix}hints",
                f'{{"v":2,"from":"x","topic":"{TOPIC}","kind":"news","data":{{"a":1}}}}',
            )
            assert (await next_hint(here)).kind == MISSED
            assert here.lagging


async def test_two_installations_can_share_one_redis(redis: RedisPlace) -> None:
    stranger = RedisPlace(redis.url)
    async with process(redis) as ours, process(stranger) as theirs, process(redis) as ours_too:
        with ours.bus.subscribe([TOPIC]) as here:
            theirs.bus.publish(Hint(TOPIC, "seen", "foreign"))
            await asyncio.sleep(0.2)
            ours_too.bus.publish(Hint(TOPIC, "seen", "own"))
            assert (await next_hint(here)).data == "own"


async def test_a_full_queue_drops_hints_and_tells_whoever_watches(
    redis: RedisPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bus_module, "OUTGOING", 3)
    async with two_processes(redis) as (one, two):
        with (
            two.bus.subscribe([TOPIC]) as there,
            two.bus.subscribe(["calm"]) as calm,
            one.bus.subscribe([TOPIC]) as here,
        ):
            for number in range(10):  # without an await: nothing can be sent meanwhile
                one.bus.publish(Hint(TOPIC, "seen", str(number)))
            got = [await next_hint(there) for _ in range(4)]
            assert [hint.data for hint in got] == ["0", "1", "2", None]
            assert there.lagging
            assert not calm.lagging
            assert [(await next_hint(here)).data for _ in range(10)] == [str(n) for n in range(10)]
            assert not here.lagging


async def test_a_process_that_stops_says_first_what_it_has_to_say(redis: RedisPlace) -> None:
    async with process(redis) as two:
        with two.bus.subscribe([TOPIC]) as there:
            async with process(redis) as one:
                for number in range(200):
                    one.bus.publish(Hint(TOPIC, "seen", str(number)))
                await one.flush()
            assert [(await next_hint(there)).data for _ in range(200)] == [
                str(number) for number in range(200)
            ]


async def test_too_many_dropped_topics_are_all_topics(
    redis: RedisPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bus_module, "OUTGOING", 0)
    monkeypatch.setattr(bus_module, "MISSED_TOPICS", 5)
    async with two_processes(redis) as (one, two):
        with two.bus.subscribe(["calm"]) as calm:
            for number in range(6):
                one.bus.publish(Hint(f"topic {number}", "seen", "x"))
            await next_hint(calm)
            assert calm.lagging


async def test_redis_killed_and_started_again(
    own_redis: OwnRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = CapturingLogger()
    monkeypatch.setattr(link_module, "log", log)
    async with two_processes(own_redis) as (one, two):
        with (
            one.bus.subscribe([TOPIC]) as here,
            two.bus.subscribe([TOPIC]) as there,
        ):
            own_redis.kill()
            await until(lambda: not link_of(one).there and not link_of(two).there)
            assert one.state()["state"] == "away"
            one.bus.publish(Hint(TOPIC, "seen", "meanwhile"))
            assert (await next_hint(here)).data == "meanwhile", "this process goes on"
            own_redis.start()
            await next_hint(here)
            await next_hint(there)
            assert here.lagging
            assert there.lagging
            here.lagging = there.lagging = False
            await until(lambda: link_of(one).there and link_of(two).there)
            await _drain_until(there, one, "after")
            assert one.state() == {"state": "connected", "place": link_of(one).place}
    assert sorted(call.args[0] for call in log.calls) == [
        "redis.back",
        "redis.back",
        "redis.lost",
        "redis.lost",
    ]


async def test_what_was_not_sent_by_one_is_fetched_by_the_other(own_redis: OwnRedis) -> None:
    async with two_processes(own_redis) as (one, two):
        with two.bus.subscribe([TOPIC]) as there, two.bus.subscribe(["calm"]) as calm:
            # Only one of them is cut off; the other has no reason of its own to fetch.
            with client(own_redis.url) as raw:
                names = raw.client_list(_type="pubsub")
                raw.client_kill_filter(_id=min(names, key=lambda n: int(n["id"]))["id"])
            await until(lambda: not link_of(one).there)
            one.bus.publish(Hint(TOPIC, "seen", "unheard"))
            assert (await next_hint(there)).kind == MISSED
            assert there.lagging
            assert not calm.lagging
            assert link_of(two).there


async def test_a_silent_redis_is_a_lost_one(
    own_redis: OwnRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_module, "PING_SECONDS", 1.5)
    async with process(own_redis) as one:
        with one.bus.subscribe([TOPIC]) as here:
            await asyncio.sleep(4.0)
            assert link_of(one).there, "an idle one is not"
            own_redis.freeze()
            await until(lambda: not link_of(one).there)
            own_redis.thaw()
            await next_hint(here)
            assert here.lagging


async def _drain_until(there: Subscription, one: Shared, word: str) -> None:
    one.bus.publish(Hint(TOPIC, "seen", word))
    while (await next_hint(there)).data != word:
        pass


async def test_a_thousand_watchers_are_woken_in_slices(
    own_redis: OwnRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bus_module, "WAKE_AT_ONCE", 10)
    async with process(own_redis) as one:
        bus = bus_of(one)
        with bus.subscribe(["a"]) as first:
            others = [bus.subscribe(["b"]) for _ in range(50)]
            watchers = [other.__enter__() for other in others]
            own_redis.kill()
            own_redis.start()
            await until(lambda: first.lagging and all(watcher.lagging for watcher in watchers))
            for other in others:
                other.__exit__(None, None, None)
