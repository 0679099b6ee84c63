"""Parts of an album that Telegram brings to different processes, on one PostgreSQL."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import Any

import httpx
import pytest

from bot.messengers import telegram
from connectors.telegram import albums
from tests.connectors.telegram.conftest import bring
from tests.connectors.telegram.fake import FakeTelegram
from tests.connectors.telegram.test_media import carried, photo
from tests.files import JPEG
from tests.server import Server

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(120)]


@pytest.fixture(autouse=True)
def _parts_may_be_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """An album is waited for longer than two processes need for a part."""
    made = telegram.connection_of
    monkeypatch.setattr(
        telegram, "connection_of", lambda settings: replace(made(settings), album_seconds=2.0)
    )


def album(fake: FakeTelegram, name: str, count: int = 3) -> list[dict[str, Any]]:
    made = [
        fake.message(photo=photo(fake, f"{name}{n}", JPEG + bytes([n])), media_group_id=name)
        for n in range(count)
    ]
    made[0]["caption"] = "broken, card 4111 1111 1111 1111"
    return [{"update_id": 70 + n, "message": part} for n, part in enumerate(made)]


async def test_they_are_one_message_and_acknowledged_once_it_is_kept(
    two: tuple[Server, Server], fake: FakeTelegram
) -> None:
    updates = album(fake, "9", count=4)
    brought = [bring(two[n % 2], update) for n, update in enumerate(updates)]
    assert await asyncio.gather(*brought) == [200] * 4
    assert await carried(two[0]) == [("broken, card •••", ["photo.jpg"] * 4)]
    # All of them again, the other way round.
    brought = [bring(two[1 - n % 2], update) for n, update in enumerate(updates)]
    assert await asyncio.gather(*brought) == [200] * 4
    assert len(await carried(two[0])) == 1
    memory = two[0].app.state.parts.memory
    assert await memory.starting("telegram", "album:") == {}


async def test_when_the_process_that_gathers_dies_another_one_does(
    two: tuple[Server, Server], fake: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(albums, "LEASE_SECONDS", 0.5)
    collect = albums.SharedAlbums.collect

    async def dies(*_: Any) -> Any:
        raise asyncio.CancelledError

    monkeypatch.setattr(albums.SharedAlbums, "collect", dies)
    first, second, third = album(fake, "9")
    with suppress(httpx.HTTPError):
        assert await bring(two[0], first) != 200  # never acknowledged
    monkeypatch.setattr(albums.SharedAlbums, "collect", collect)
    assert set(await asyncio.gather(bring(two[1], second), bring(two[1], third))) == {200}
    assert await carried(two[1]) == [("broken, card •••", ["photo.jpg"] * 3)]
    assert await bring(two[1], first) == 200  # Telegram brings it again
    assert len(await carried(two[1])) == 1


async def test_a_part_that_comes_when_the_others_are_through_is_a_message_of_its_own(
    two: tuple[Server, Server], fake: FakeTelegram
) -> None:
    first, second, late = album(fake, "9")
    assert set(await asyncio.gather(bring(two[0], first), bring(two[1], second))) == {200}
    assert await bring(two[1], late) == 200
    assert [len(names) for _, names in await carried(two[0])] == [2, 1]
