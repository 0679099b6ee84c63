"""A task that was told to end does, also in the moment in which an answer comes."""

import asyncio

import pytest

from bot.cancelling import heeding

pytestmark = pytest.mark.asyncio


async def forgets(answer: asyncio.Future[str]) -> str:
    """As Python 3.11 waits: what comes in one moment with a cancelling is all that it tells."""
    try:
        return await asyncio.shield(answer)
    except asyncio.CancelledError:
        if answer.done():
            return answer.result()
        raise


async def test_a_cancelling_that_came_with_the_answer_is_heeded() -> None:
    for call in (forgets, lambda answer: asyncio.wait_for(answer, 10)):
        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(heeding(call(answer)))
        await asyncio.sleep(0)
        answer.set_result("PONG")
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_what_nobody_cancelled_is_answered() -> None:
    answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    answer.set_result("PONG")
    assert await heeding(answer) == "PONG"


async def test_a_limit_around_it_still_ends_as_a_limit_does() -> None:
    answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def both_at_once() -> str:
        try:
            return await answer
        except asyncio.CancelledError:
            return "too late"

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await heeding(both_at_once())
