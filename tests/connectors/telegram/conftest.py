"""A real service whose bot talks to a Telegram on loopback."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from bot import migrations
from bot.messengers import telegram
from tests.connectors.telegram.fake import TOKEN, FakeTelegram, fake_telegram
from tests.desk import answer
from tests.postgres import fresh_database
from tests.server import Server, open_server

Open = Callable[..., AbstractAsyncContextManager[Server]]
PUBLIC = "https://help.example.com/telegram/webhook"
SECRET = "s" * 40
HEADER = "X-Telegram-Bot-Api-Secret-Token"


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in life, but nobody waits for a second."""
    monkeypatch.setattr("connectors.telegram.rivals.START_SECONDS", 0.0)
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
def shared_url(postgresql: str) -> Iterator[str]:
    """A database of several processes."""
    with fresh_database(postgresql) as url:
        migrations.upgrade(url)
        yield url


def webhooks(url: str) -> dict[str, Any]:
    """The settings of each of several processes to which Telegram may bring an update."""
    return {
        "database_url": url,
        "telegram_webhook_url": PUBLIC,
        "telegram_webhook_secret": SECRET,
    }


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


@pytest_asyncio.fixture
async def two(
    open_telegram: Open, shared_url: str, fake: FakeTelegram
) -> AsyncIterator[tuple[Server, Server]]:
    """Two desks to which Telegram may bring an update."""
    place = webhooks(shared_url)
    async with open_telegram(**place) as one, open_telegram(**place) as other:
        await fake.wait_for_call("setMyCommands", times=6)
        yield one, other


# `Any`: JSON.
async def bring(server: Server, update: dict[str, Any]) -> int:
    """As Telegram does to a webhook; with which status it was answered."""
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as http:
        answer = await http.post("/telegram/webhook", json=update, headers={HEADER: SECRET})
        return answer.status_code
