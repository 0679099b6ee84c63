"""A queue whose front nobody can take: whoever stands behind a hundred others is given too."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.assignment import repository, service
from tests.bot.assignment.desks import asks, change, comes, giving_desk, owners
from tests.desk import TestDesk

pytestmark = pytest.mark.asyncio
RULE = 'strategy = "least_busy"\ncapacity = 2\nfallback_minutes = 600'
OTHERS = repository.PIECE + 5


@pytest_asyncio.fixture
async def desk(tmp_path: Path) -> AsyncIterator[TestDesk]:
    """Where more wait in Polish than are looked at together."""
    async with giving_desk(tmp_path, RULE) as opened:
        await asks(opened, *(f"pl{number}" for number in range(OTHERS)), language="pl")
        yield opened


async def test_whoever_stands_behind_a_hundred_that_nobody_can_take_is_given(
    desk: TestDesk,
) -> None:
    behind = await asks(desk, "en1", "en2", "en3")
    anna = await comes(desk, "Anna", languages=["en"])
    assert await desk.parts.assigner.drain() == 2, "as many as she has room for"
    assert await owners(desk, behind) == ["Anna", "Anna", None]
    await change(desk, anna, languages=["en", "pl"], capacity=3)
    assert await desk.parts.assigner.drain() == 1
    assert await owners(desk, behind) == ["Anna", "Anna", None], "who waits in front goes first"


async def test_a_newcomer_behind_a_hundred_that_nobody_can_take_is_given_at_once(
    desk: TestDesk,
) -> None:
    await comes(desk, "Anna", languages=["en"])
    assert await owners(desk, await asks(desk, "en1", "en2", "en3")) == ["Anna", "Anna", None]


async def test_a_look_ends(desk: TestDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "LOOK_AT", repository.PIECE)
    await comes(desk, "Anna", languages=["en"])
    assert await owners(desk, await asks(desk, "en1")) == [None]
    assert await desk.parts.assigner.drain() == 0
