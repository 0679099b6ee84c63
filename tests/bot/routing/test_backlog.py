"""More questions than the bot can take: they wait in the database, and then at the door."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.conversations.state import Status
from bot.gate import Busy
from tests.desk import TestDesk, answer, open_desk

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[TestDesk]:
    monkeypatch.setattr("bot.routing.service.MAX_HELD", 2)
    monkeypatch.setattr("bot.routing.service.CONCURRENT_TURNS", 2)
    monkeypatch.setattr("bot.routing.service.MAX_BACKLOG", 3)
    async with open_desk(tmp_path) as opened:
        yield opened


async def ask(desk: TestDesk, *threads: str) -> list[str]:
    return [
        (await desk.customer_says(f"I am {thread}", thread=thread)).conversation
        for thread in threads
    ]


def asked(desk: TestDesk) -> list[str | None]:
    return [request.text for request in desk.engine.requests]


async def test_what_does_not_fit_into_memory_is_asked_in_order_when_there_is_room(
    desk: TestDesk,
) -> None:
    conversations = await ask(desk, "a", "b", "c", "d")
    assert asked(desk) == ["I am a", "I am b"]
    assert await desk.parts.turns.sweep() == 0  # no room yet
    for number, words in enumerate(("a", "b", "c", "d")):
        await desk.bot_answers(f"Hello {words}")
        await desk.parts.turns.sweep()
        await desk.settle()
        assert len(asked(desk)) == min(number + 3, 4)
    assert asked(desk) == ["I am a", "I am b", "I am c", "I am d"]
    for conversation in conversations:
        assert [turn.status for turn in await desk.turns(conversation)] == ["answered"]


async def test_room_is_seen_at_once_and_not_at_the_next_round(desk: TestDesk) -> None:
    await ask(desk, "a", "b", "c")
    assert not desk.parts.turns._has_room.is_set()
    await desk.bot_answers("Hello a")
    assert desk.parts.turns._has_room.is_set()


async def test_after_the_rush_questions_are_asked_at_once_again(desk: TestDesk) -> None:
    await ask(desk, "a", "b", "c")
    desk.engine.at_once = answer("Hello")
    for _ in range(2):
        await desk.bot_answers("Hello")
    while await desk.parts.turns.sweep():
        await desk.settle()
    await ask(desk, "e")
    assert asked(desk)[-1] == "I am e"


async def test_when_very_many_wait_the_next_is_told_to_come_back(desk: TestDesk) -> None:
    await ask(desk, "a", "b", "c", "d", "e")
    queued = (await desk.customer_asks_for_human(thread="h")).conversation
    await desk.parts.turns.sweep()  # it counts
    late = desk.inbound("I am late", thread="late")
    with pytest.raises(Busy):
        await desk.parts.frontdesk.receive_customer_message(late)
    assert await desk.parts.frontdesk.thread_status("web", "late") is None, "nothing was taken"
    # Who talks with people, or wants to, is not the bot's business.
    await desk.customer_says("I am waiting", thread="h")
    assert (await desk.conversation(queued)).status is Status.QUEUED
    await desk.customer_asks_for_human(thread="i")
    for _ in range(2):
        await desk.bot_answers("Hello")
    await desk.parts.turns.sweep()
    await desk.parts.turns.sweep()
    receipt = await desk.parts.frontdesk.receive_customer_message(late)
    assert not receipt.duplicate
