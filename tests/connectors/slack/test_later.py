"""Work that goes on after Slack has its answer."""

import asyncio

import pytest

from connectors.slack import later
from connectors.slack.later import Later, StillAtWork

pytestmark = pytest.mark.asyncio


async def test_the_same_work_is_done_once_and_a_threads_posts_in_order() -> None:
    work, done = Later(), []

    async def first() -> None:
        await asyncio.sleep(0)
        done.append("first")

    async def second() -> None:
        done.append("second")

    await asyncio.gather(
        work.in_time("1", "thread", first),
        work.in_time("1", "thread", first),
        work.in_time("2", "thread", second),
    )
    assert done == ["first", "second"]


async def test_what_takes_too_long_goes_on_without_an_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(later, "PATIENCE_SECONDS", 0.01)
    work, may_end, done = Later(), asyncio.Event(), []

    async def slow() -> None:
        await may_end.wait()
        done.append("slow")

    with pytest.raises(StillAtWork):
        await work.in_time("1", "thread", slow)
    may_end.set()
    await work.rest()
    assert done == ["slow"]


async def test_what_is_done_in_the_moment_in_which_patience_ends_is_done() -> None:
    work, done = Later(), []

    async def quick() -> None:
        done.append("quick")

    async def fails() -> None:
        raise ValueError

    await work.in_time("1", "thread", quick, within=0)
    assert done == ["quick"]
    with pytest.raises(ValueError):  # noqa: PT011 - it says nothing
        await work.in_time("2", "thread", fails, within=0)


async def test_when_it_is_over_nothing_is_begun() -> None:
    work, done = Later(), []

    async def late() -> None:
        done.append("late")

    await work.stop()
    with pytest.raises(StillAtWork):
        await work.in_time("1", "thread", late)
    work.start(late(), "late")
    await work.rest()
    assert done == []
