"""Several engines on real sockets: who is asked, who is asked again, and who is left out."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bot.dialogue.addresses import EngineAddresses, write_addresses
from bot.dialogue.engine_client import EngineFailure
from bot.dialogue.pool import EnginePool
from bot.dialogue.turn import TurnAnswer, TurnRequest
from tests.loopback_engine import (
    LoopbackEngine,
    answers_well,
    cuts,
    cuts_in_the_middle,
    hangs,
    loopback_engine,
    says,
)

pytestmark = pytest.mark.asyncio
REQUEST = TurnRequest("c1", "Hi", None, "en", "web", "customer-care", key="k1")


@asynccontextmanager
async def pool_of(*engines: LoopbackEngine, seconds: float = 5.0) -> AsyncIterator[EnginePool]:
    """A pool that knows its engines: each has been probed."""
    async with running_pool(",".join(one.url for one in engines), seconds=seconds) as pool:
        await until(lambda: all(one["model"] for one in pool.report()))
        yield pool


@asynccontextmanager
async def running_pool(where: str, *, seconds: float = 5.0) -> AsyncIterator[EnginePool]:
    pool = EnginePool(where, timeout=seconds)
    running = asyncio.create_task(pool.run())
    try:
        yield pool
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await pool.close()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not true():
            await asyncio.sleep(0.02)


async def outcome(asking: Awaitable[TurnAnswer]) -> str:
    try:
        return (await asking).model_id
    except EngineFailure as failure:
        return failure.reason


async def test_turns_go_where_the_fewest_are() -> None:
    async with loopback_engine() as a, loopback_engine() as b, pool_of(a, b) as pool:
        a.behaviour = hangs
        stuck = [asyncio.create_task(outcome(pool.ask(REQUEST))) for _ in range(2)]
        await until(lambda: len(a.turns) == 1)
        for _ in range(5):
            await pool.ask(REQUEST)
        assert (len(a.turns), len(b.turns)) == (1, 6)
        for task in stuck:
            task.cancel()


async def test_idle_engines_take_turns() -> None:
    async with loopback_engine() as a, loopback_engine() as b, pool_of(a, b) as pool:
        for _ in range(10):
            await pool.ask(REQUEST)
        assert len(a.turns) == len(b.turns) == 5


async def test_a_turn_that_reached_nobody_goes_to_the_next() -> None:
    async with loopback_engine() as a, loopback_engine() as b, pool_of(a, b) as pool:
        await a.stop()
        for _ in range(6):
            await pool.ask(replace(REQUEST, key=None))  # safe without a key
        assert len(b.turns) == 6
        b.behaviour = says(503, {"error": {"code": "no_model", "message": "none"}})
        await a.start()
        await until(lambda: pool.report()[0]["state"] != "open")
        assert await outcome(pool.ask(replace(REQUEST, key=None))) == "m1"


@pytest.mark.parametrize("fault", [cuts, cuts_in_the_middle, says(502, "<html>"), says(200, "{}")])
async def test_a_turn_that_may_have_had_an_effect_is_repeated_once_with_its_key(
    fault: Callable[..., Awaitable[None]],
) -> None:
    async with (
        loopback_engine() as a,
        loopback_engine() as b,
        loopback_engine() as c,
        pool_of(a, b, c) as pool,
    ):
        a.behaviour = fault
        assert await outcome(pool.ask(REQUEST)) == "m1"
        assert [*a.keys, *b.keys, *c.keys] == ["k1", "k1"]
        for engine in (a, b, c):
            engine.behaviour = fault
            engine.turns.clear()
        assert (await outcome(pool.ask(REQUEST))).startswith("engine_")
        assert len(a.turns) + len(b.turns) + len(c.turns) == 2


async def test_without_its_key_a_turn_that_may_have_had_an_effect_is_not_repeated() -> None:
    async with loopback_engine() as a, loopback_engine() as b, pool_of(a, b) as pool:
        a.behaviour = b.behaviour = cuts
        assert await outcome(pool.ask(replace(REQUEST, key=None))) == "engine_down"
        assert len(a.turns) + len(b.turns) == 1


async def test_a_bot_that_gives_no_key_on_is_not_asked_twice() -> None:
    async with loopback_engine() as a, loopback_engine() as b:
        a.repeatable = b.repeatable = False
        async with pool_of(a, b) as pool:
            a.behaviour = b.behaviour = cuts
            assert await outcome(pool.ask(REQUEST)) == "engine_down"
            assert len(a.turns) + len(b.turns) == 1


@pytest.mark.parametrize("repeatable", [True, False])
async def test_what_a_dead_process_asked_is_asked_again_only_where_keys_are_given_on(
    repeatable: bool,
) -> None:
    async with loopback_engine() as a:
        a.repeatable = repeatable
        pool = EnginePool(a.url, timeout=5)  # has probed nothing yet
        told = await outcome(pool.ask(replace(REQUEST, again=True)))
        assert told == ("m1" if repeatable else "engine_down")
        assert len(a.turns) == int(repeatable)
        await pool.close()


async def test_a_hanging_engine_leaves_time_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    async with loopback_engine() as a, loopback_engine() as b:
        a.behaviour = hangs
        with monkeypatch.context() as short:
            short.setattr("bot.dialogue.pool.FIRST_SHARE", 0.05)
            async with pool_of(a, b, seconds=20) as pool:
                assert await outcome(pool.ask(REQUEST)) == "m1"
        b.behaviour = hangs
        async with pool_of(a, b, seconds=1.0) as pool:
            assert await outcome(pool.ask(REQUEST)) == "engine_timeout"


async def test_a_bad_conversation_takes_no_engine_from_the_others() -> None:
    async with loopback_engine() as a, loopback_engine() as b, pool_of(a, b) as pool:
        verdict = says(500, {"error": {"code": "turn_failed", "message": "an action failed"}})
        a.behaviour = b.behaviour = verdict
        for _ in range(20):
            assert await outcome(pool.ask(REQUEST)) == "engine_failed"
        assert len(a.turns) + len(b.turns) == 20  # nor is it asked twice
        assert {one["state"] for one in pool.report()} == {"closed"}


async def test_a_failing_engine_is_left_out_and_comes_back_by_itself() -> None:
    async with loopback_engine() as a, loopback_engine() as b, pool_of(a, b) as pool:
        a.behaviour = says(500, "<html>")
        for _ in range(10):
            assert await outcome(pool.ask(REQUEST)) == "m1"
        asked = len(a.turns)
        assert asked < 6
        a.behaviour = answers_well
        await until(lambda: pool.report()[0]["state"] == "trial")
        assert len(a.turns) == asked  # the probe was no customer's turn
        for _ in range(8):
            await pool.ask(REQUEST)
        assert pool.report()[0]["state"] == "closed"


async def test_while_no_engine_answers_that_is_known_and_turns_fail_at_once() -> None:
    async with loopback_engine() as a, loopback_engine() as b, pool_of(a, b) as pool:
        told: list[bool] = []
        pool.on_change = lambda: told.append(pool.down_since is not None)
        assert pool.down_since is None
        await a.stop()
        await b.stop()
        await until(lambda: pool.down_since is not None)  # found without a customer
        assert await outcome(pool.ask(REQUEST)) == "engine_down"
        assert await pool.model_id() is None
        await b.start()
        await until(lambda: pool.down_since is None)
        assert await outcome(pool.ask(REQUEST)) == "m1"
        assert told == [True, False]


async def test_one_turn_at_a_time_for_an_engine_in_its_trial() -> None:
    async with loopback_engine() as a, loopback_engine() as b, pool_of(a, b) as pool:
        await a.stop()
        await until(lambda: pool.report()[0]["state"] == "open")
        await a.start()
        a.behaviour = hangs
        await until(lambda: pool.report()[0]["state"] == "trial")
        tasks = [asyncio.create_task(outcome(pool.ask(REQUEST))) for _ in range(8)]
        await until(lambda: len(b.turns) >= 7)
        assert len(a.turns) == 1
        for task in tasks:
            task.cancel()


async def test_new_addresses_are_used_from_the_next_turn_on(tmp_path: Path) -> None:
    file = tmp_path / "engines"
    async with loopback_engine() as old, loopback_engine() as new:
        new.model = "m2"
        write_addresses(file, [old.url])
        async with running_pool(f"@{file}") as pool:
            assert await outcome(pool.ask(REQUEST)) == "m1"
            old.behaviour = hangs
            held = asyncio.create_task(outcome(pool.ask(REQUEST)))
            await until(lambda: len(old.turns) == 2)
            write_addresses(file, [new.url])
            for _ in range(5):
                assert await outcome(pool.ask(REQUEST)) == "m2"
            assert len(old.turns) == 2
            assert not held.done()  # what the old one holds, it may finish
            held.cancel()


async def test_a_file_that_is_gone_or_empty_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "engines"
    addresses = EngineAddresses(f"@{file}")
    assert addresses.current() == ()
    write_addresses(file, ["http://a:1", "http://b:2/"])
    assert addresses.current() == ("http://a:1", "http://b:2")
    file.write_text("")
    assert addresses.current() == ("http://a:1", "http://b:2")
    file.unlink()
    assert addresses.current() == ("http://a:1", "http://b:2")
    write_addresses(file, ["http://c:3"])
    assert addresses.current() == ("http://c:3",)


async def test_no_engine_at_all_is_a_failure_and_no_crash(tmp_path: Path) -> None:
    async with running_pool(f"@{tmp_path / 'none'}") as pool:
        assert await outcome(pool.ask(REQUEST)) == "engine_down"
        assert await pool.model_id() is None
        assert pool.report() == []
