"""A real service whose bot talks to a Telegram on loopback."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.messengers import telegram
from tests.connectors.telegram.fake import TOKEN, FakeTelegram, fake_telegram
from tests.desk import answer
from tests.server import Server, open_server

Open = Callable[..., AbstractAsyncContextManager[Server]]


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in life, but nobody waits for a second."""
    made = telegram.connection_of
    monkeypatch.setattr(
        telegram,
        "connection_of",
        lambda settings: replace(
            made(settings), chat_seconds=0.0, long_poll_seconds=1, album_seconds=0.2
        ),
    )


@pytest_asyncio.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with fake_telegram() as running:
        yield running


@pytest.fixture
def open_telegram(tmp_path: Path, fake: FakeTelegram) -> Open:
    @asynccontextmanager
    async def opened(**settings: Any) -> AsyncIterator[Server]:
        place = {"telegram_token": TOKEN, "telegram_api_url": fake.url}
        async with open_server(tmp_path, **(place | settings)) as server:
            server.engine.at_once = answer("Two working days.")
            await fake.wait_for_call("setMyCommands", times=3)
            yield server

    return opened


@pytest_asyncio.fixture
async def server(open_telegram: Open) -> AsyncIterator[Server]:
    async with open_telegram() as running:
        yield running
