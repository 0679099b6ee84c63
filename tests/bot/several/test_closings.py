"""Closing at one process, and something else at another."""

from collections.abc import Awaitable, Callable

import pytest

from tests.bot.handoff.closings import RACES
from tests.bot.several.conftest import OpenDesk
from tests.desk import TestDesk

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize("race", RACES)
async def test_closing(
    another: OpenDesk, race: Callable[[TestDesk, TestDesk], Awaitable[None]]
) -> None:
    await race(await another(), await another())
