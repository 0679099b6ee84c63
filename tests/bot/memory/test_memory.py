"""What channels remember: kept, over, and told to one of several."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from bot.memory import repository
from bot.memory.service import ChannelMemories
from tests.desk import open_desk

pytestmark = pytest.mark.asyncio


async def test_what_is_kept_is_there_until_it_is_over_or_forgotten(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        memory = ChannelMemories(desk.db)
        assert await memory.recall("slack", "a") is None
        await memory.keep("slack", "a", "1")
        await memory.keep("slack", "a", "2")
        await memory.keep("slack", "old", "x", days=-1)
        assert await memory.recall("slack", "a") == "2"
        assert await memory.recall("telegram", "a") is None
        assert await memory.recall("slack", "old") is None
        await memory.clean()
        async with desk.db.read() as session:
            assert await repository.count(session) == 1
        await memory.forget("slack", "a")
        assert await memory.recall("slack", "a") is None


async def test_of_several_one_is_the_first(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        memory = ChannelMemories(desk.db)
        told = await asyncio.gather(
            *(memory.first("slack", "event", str(n), days=1) for n in range(8))
        )
        assert sorted(told) == [False] * 7 + [True]
        assert await memory.recall("slack", "event") == str(told.index(True))


async def test_what_is_over_can_be_first_again(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        memory = ChannelMemories(desk.db)
        assert await memory.first("slack", "told", days=timedelta(hours=-1) / timedelta(days=1))
        assert await memory.first("slack", "told", days=1)
        assert not await memory.first("slack", "told", days=1)
