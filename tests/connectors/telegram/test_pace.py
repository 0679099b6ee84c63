"""Telegram's limits: one message a second in a chat, thirty overall, twenty a minute in a group."""

from typing import Any

import pytest

from connectors.telegram import client
from connectors.telegram.client import Pace

pytestmark = pytest.mark.asyncio


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long each message waited, on a clock that stands still."""
    noted: list[float] = []

    async def sleep(seconds: float) -> None:
        noted.append(seconds)

    monkeypatch.setattr(client, "monotonic", lambda: 100.0)
    monkeypatch.setattr("connectors.telegram.client.asyncio.sleep", sleep)
    return noted


async def send(pace: Pace, chat: int, method: str = "sendMessage") -> Any:
    async def callback() -> bool:
        return True

    return await pace.process_request(callback, (), {}, method, {"chat_id": chat}, None)


async def test_a_chats_next_message_waits_for_its_second(waits: list[float]) -> None:
    pace = Pace()
    for _ in range(3):
        await send(pace, 5)
    await send(pace, 6)
    assert waits == [1.0, 2.0]


async def test_typing_and_edits_are_no_messages(waits: list[float]) -> None:
    pace = Pace()
    for method in ("sendMessage", "sendChatAction", "editMessageText"):
        await send(pace, 5, method)
    assert waits == []


async def test_the_library_keeps_the_limits_overall_and_of_groups() -> None:
    pace = Pace(chat_seconds=0.0)
    assert pace._base_limiter is not None
    assert pace._base_limiter.max_rate == 30
    group = pace._get_group_limiter(-100)
    assert (group.max_rate, group.time_period) == (20, 60)


async def test_chats_that_were_quiet_for_long_are_forgotten(
    waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "KNOWN_CHATS", 2)
    pace = Pace()
    for chat in (1, 2, 3, 1):
        await send(pace, chat)
    assert waits == []
