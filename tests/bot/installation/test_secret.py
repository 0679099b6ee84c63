"""One secret for all processes, and what is kept of it."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.installation import repository
from bot.installation.secret import OtherSecret, check_secret, fingerprint, forget_secret
from bot.settings import Settings
from tests.desk import open_desk

pytestmark = pytest.mark.asyncio


async def test_the_first_secret_is_the_installations(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        await asyncio.gather(*(check_secret(desk.db, "first") for _ in range(5)))
        with pytest.raises(OtherSecret, match="FIRSTLINE_TOKEN_SECRET"):
            await check_secret(desk.db, "second")
        async with desk.db.read() as session:
            row = await repository.installation(session)
        assert row is not None
        assert row.token_fingerprint == fingerprint("first")
        await forget_secret(desk.db)
        await check_secret(desk.db, "second")


async def test_a_fingerprint_does_not_hold_the_secret() -> None:
    assert "first" not in fingerprint("first")
    assert fingerprint("first") != fingerprint("First")
    assert len(fingerprint("x" * 1000)) == 64


async def test_processes_that_start_together_make_one_secret(tmp_path: Path) -> None:
    def start(_: int) -> str:
        return Settings(data_dir=tmp_path / "new").token_key()

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(start, range(8)))) == 1
