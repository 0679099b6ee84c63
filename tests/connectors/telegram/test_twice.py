"""What comes twice has one answer, also where the channel itself gives it."""

from pathlib import Path
from typing import Any

import pytest

from tests.connectors.telegram.conftest import Open
from tests.connectors.telegram.fake import ANNA, GROUP, FakeTelegram
from tests.connectors.telegram.test_afterwards import rated
from tests.connectors.telegram.test_disorder import edit_of
from tests.connectors.telegram.test_groups import OFFICE
from tests.connectors.telegram.test_leaving import LEAVE
from tests.connectors.telegram.test_receipt import HANDOFF
from tests.server import Server

pytestmark = pytest.mark.asyncio
CHAT = ANNA["id"]
HUGE = {"file_id": "huge", "file_unique_id": "huge", "file_name": "a.pdf", "file_size": 30_000_000}
MARKS = [{"type": "mention", "offset": 0, "length": 9}]
GROUPLESS = """
[customer-care]
name = { en = "Care", pl = "Obsługa" }
[customer-care.telegram]
groups = false
"""


@pytest.mark.parametrize(
    ("words", "fields"),
    [
        ("", {"dice": {"emoji": "🎲", "value": 3}}),
        ("", {"sticker": {"file_id": "s", "file_unique_id": "s"}}),
        ("", {"document": HUGE}),
        ("", {"document": HUGE, "caption": "how long is delivery?"}),
        ("x" * 4001, {}),
        ("@desk_bot", {"chat": OFFICE, "entities": MARKS}),
    ],
    ids=["unreadable", "kind", "file", "file with words", "too long", "only the name"],
)
async def test_a_message_that_comes_twice_is_answered_once(
    server: Server, fake: FakeTelegram, words: str, fields: Any
) -> None:
    said = await fake.says(words, **fields)
    await fake.wait_for("")
    await fake.until_confirmed()
    await fake.send(message=said)
    await fake.says("/status")  # behind it
    await fake.wait_for("Customer care", chat=CHAT)
    await fake.until_confirmed()
    told = [call for call in fake.sent() if "Two working days." not in call.text]
    assert len(told) == 2  # and the status


async def test_an_edit_that_is_too_long_is_told_once_each_time(
    server: Server, fake: FakeTelegram
) -> None:
    said = await fake.says("how long is delivery?")
    await fake.wait_for("Two working days.")
    edit = edit_of(said, "x" * 4001)
    for update in (edit, edit, {**edit, "edit_date": edit["edit_date"] + 1}):
        await fake.send(edited_message=update)
        await fake.until_confirmed()
    assert len([call for call in fake.sent() if "too long" in call.text]) == 2


async def test_who_is_sent_to_the_private_chat_is_told_once(
    tmp_path: Path, open_telegram: Open, fake: FakeTelegram
) -> None:
    desks = tmp_path / "desks.toml"
    desks.write_text(GROUPLESS, "utf-8")
    async with open_telegram(desks_file=desks):
        said = await fake.says("@desk_bot delivery?", chat=OFFICE, entities=MARKS)
        await fake.wait_for("I do that in a private chat", chat=GROUP)
        await fake.until_confirmed()
        await fake.send(message=said)
        await fake.until_confirmed()
    assert len(fake.sent()) == 1


async def press_twice(fake: FakeTelegram, sent: Any, title: str, answer: str) -> int:
    """The same update two times; how many answers came."""
    update = await fake.presses(sent, title)
    await fake.wait_for(answer)
    await fake.until_confirmed()
    await fake.send(callback_query=update["callback_query"])
    await fake.until_confirmed()
    return len([call for call in fake.sent() if answer in call.text])


async def test_a_press_after_the_stars_that_comes_twice_is_answered_once(
    server: Server, fake: FakeTelegram
) -> None:
    _, thanks = await rated(server, fake)
    copy, comment = "📄 Copy of the conversation", "✍️ Add a comment"
    assert await press_twice(fake, thanks, copy, "Here is our conversation.") == 1
    assert await press_twice(fake, thanks, comment, "What should we know about it?") == 1
    await fake.presses(thanks, copy)  # another press is another wish
    await fake.wait_for("Here is our conversation.", times=2)


async def test_a_press_while_they_wait_that_comes_twice_is_answered_once(
    server: Server, fake: FakeTelegram
) -> None:
    server.engine.at_once = HANDOFF
    await fake.says("where is order 10482?")
    place = await fake.wait_for("Your place in the queue: 1")
    assert await press_twice(fake, place, "📋 What we passed on", "What we passed on\n") == 1
    shown = await fake.wait_for("What we passed on\n")
    assert await press_twice(fake, shown, "✏️ Order number", "What should it be?") == 1
    assert await press_twice(fake, place, LEAVE, "Where can we reach you?") == 1
