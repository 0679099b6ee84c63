"""Several processes give conversations away: each goes to one agent, nobody gets too many."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import select

from bot.assignment.models import Assignment
from bot.conversations.models import Conversation
from tests.bot.assignment.desks import asks, comes, giving_desk
from tests.desk import TestDesk

pytestmark = pytest.mark.asyncio
RULE = 'strategy = "least_busy"\ncapacity = 3'


@pytest_asyncio.fixture
async def two(shared_url: str, tmp_path: Path) -> AsyncIterator[tuple[TestDesk, TestDesk]]:
    async with AsyncExitStack() as stack:
        first, second = [
            await stack.enter_async_context(giving_desk(tmp_path, RULE, database_url=shared_url))
            for _ in range(2)
        ]
        yield first, second


async def given(desk: TestDesk) -> list[Assignment]:
    async with desk.db.read() as session:
        return list(await session.scalars(select(Assignment).order_by(Assignment.id)))


async def test_two_drains_at_once_give_each_to_one_and_nobody_too_many(
    two: tuple[TestDesk, TestDesk],
) -> None:
    opened = await asks(two[0], *(f"t{number}" for number in range(8)))
    for name in ("Anna", "Ola"):
        await comes(two[0], name)
    counts = await asyncio.gather(*(desk.parts.assigner.drain() for desk in two for _ in range(2)))
    assert sum(counts) == 6, "all the room that two agents have"
    rows = await given(two[0])
    assert [row.conversation_id for row in rows] == opened[:6], "in the order of the queue"
    assert Counter(row.agent_name for row in rows) == {"Anna": 3, "Ola": 3}
    async with two[0].db.read() as session:
        left = await session.scalars(
            select(Conversation.id).where(Conversation.status == "queued").order_by("queued_at")
        )
        assert list(left) == opened[6:]


async def test_arrivals_at_two_doors_share_the_last_slot(two: tuple[TestDesk, TestDesk]) -> None:
    await comes(two[0], "Anna", capacity=2)
    await asyncio.gather(
        *(asks(desk, f"{place}{number}") for place, desk in enumerate(two) for number in range(4))
    )
    await asyncio.gather(*(desk.parts.assigner.drain() for desk in two))
    rows = await given(two[0])
    assert len(rows) == len({row.conversation_id for row in rows}) == 2
