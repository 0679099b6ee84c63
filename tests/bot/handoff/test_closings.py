"""Closing and something else at once, in one process."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.bot.handoff.closings import RACES
from tests.desk import TestDesk, open_desk

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize("race", RACES)
async def test_closing(
    tmp_path: Path, race: Callable[[TestDesk, TestDesk], Awaitable[None]]
) -> None:
    async with open_desk(tmp_path) as desk:
        await race(desk, desk)
