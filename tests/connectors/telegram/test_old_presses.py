"""Presses of buttons that Telegram itself finds too old, or will not show."""

import json
from pathlib import Path
from typing import Any

import pytest
import structlog
from structlog.testing import LogCapture

from connectors.telegram import intake, patience, polling, speaker
from tests.connectors.telegram.fake import FakeTelegram
from tests.connectors.telegram.test_commands import status_of
from tests.desk import answer
from tests.server import Server

pytestmark = pytest.mark.asyncio
PAYLOADS = Path(__file__).parent / "payloads"
OLD = (
    "Bad Request: query is too old and response timeout expired or query ID is invalid",
    "Bad Request: message can't be edited",
)
ANNA = {"id": 77001, "is_bot": False, "first_name": "Anna", "language_code": "en"}


@pytest.fixture
def logs(monkeypatch: pytest.MonkeyPatch) -> LogCapture:
    """What is logged on the way of a press, a traceback too, whatever level a test has set."""
    found = LogCapture()
    log = structlog.wrap_logger(None, [found], wrapper_class=structlog.BoundLogger)
    for module in (intake, patience, polling, speaker):
        monkeypatch.setattr(module, "log", log)
    return found


# `Any`: JSON.
def press_in(payload: str) -> dict[str, Any]:
    """Of an update in the folder `payloads`, which is sent as a new one."""
    update: dict[str, Any] = json.loads((PAYLOADS / f"{payload}.json").read_text("utf-8"))
    return {"callback_query": update["callback_query"]}


async def test_a_press_that_telegram_finds_too_old_is_carried_out_once(
    server: Server, fake: FakeTelegram, logs: LogCapture
) -> None:
    button = {"title": "Delivery cost", "payload": "/care_delivery_cost"}
    server.engine.at_once = answer(replies=[{"text": "What of it?", "buttons": [button]}])
    await fake.says("delivery")
    offer = await fake.wait_for("What of it?")
    server.engine.at_once = answer("Free from 199.")
    too_old, not_edited = OLD
    fake.refuse("answerCallbackQuery", 400, too_old)
    fake.refuse("editMessageReplyMarkup", 400, not_edited)
    pressed = await fake.presses(offer, "Delivery cost")
    await fake.wait_for("Free from 199.")
    await fake.wait_for_call("refused:editMessageReplyMarkup")
    await fake.wait_for_call("refused:answerCallbackQuery")
    await fake.until_confirmed()
    assert not fake.called("editMessageReplyMarkup")
    assert not fake.called("answerCallbackQuery")  # neither is tried again
    await fake.send(callback_query=pressed["callback_query"])  # brought again
    await fake.wait_for_call("answerCallbackQuery")
    server.engine.at_once = answer("Two days.")
    await fake.says("and how long does it take?")
    await fake.wait_for("Two days.")
    assert [asked.payload for asked in server.engine.requests] == [None, button["payload"], None]
    assert [call.text for call in fake.sent()] == ["What of it?", "Free from 199.", "Two days."]
    assert logs.entries == []


async def test_a_button_under_a_message_that_telegram_shows_no_more_still_counts(
    server: Server, fake: FakeTelegram, logs: LogCapture
) -> None:
    """Its language is chosen; a conversation does not begin, and nothing is said."""
    fake.refuse("editMessageText", 400, "Bad Request: message to edit not found")
    await fake.send(**press_in("callback_of_an_inaccessible_message"))
    told = (await fake.wait_for_call("answerCallbackQuery")).given
    assert "text" not in told
    assert fake.called("refused:editMessageText")
    assert fake.sent() == []
    assert server.engine.requests == []
    assert await status_of(server, str(ANNA["id"])) is None
    await fake.says("pytanie", who=ANNA)
    await fake.wait_for("Two working days.")
    assert server.engine.requests[0].language == "pl"
    assert logs.entries == []


async def test_a_press_without_a_message_is_told_that_it_is_too_old_and_does_nothing(
    server: Server, fake: FakeTelegram, logs: LogCapture
) -> None:
    await fake.send(**press_in("callback_inline"))
    told = (await fake.wait_for_call("answerCallbackQuery")).given
    assert told["show_alert"] is True
    assert told["text"].startswith("Ten przycisk należy do wcześniejszej rozmowy.")
    await fake.until_confirmed()
    assert fake.sent() == []
    assert not [call for call in fake.calls if call.method.startswith("editMessage")]
    assert server.engine.requests == []
    await fake.says("a question", who=ANNA)
    await fake.wait_for("Two working days.")
    assert logs.entries == []
