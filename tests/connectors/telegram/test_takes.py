"""What a desk does not take is not asked for either."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.connectors.telegram.conftest import Open
from tests.connectors.telegram.fake import ANNA, Call, FakeTelegram
from tests.desk import answer
from tests.server import Server

pytestmark = pytest.mark.asyncio

DESKS = """
[customer-care]
name = { en = "Customer care", pl = "Obsługa klienta" }
[it-help]
name = { en = "IT help", pl = "Pomoc IT" }
[it-help.telegram]
takes = ["photo"]
"""
OWN_NUMBER = {"phone_number": "48600100200", "first_name": "Anna", "user_id": ANNA["id"]}


@pytest_asyncio.fixture
async def server(tmp_path: Path, open_telegram: Open) -> AsyncIterator[Server]:
    desks = tmp_path / "desks.toml"
    desks.write_text(DESKS, "utf-8")
    async with open_telegram(desks_file=desks) as running:
        yield running


def offered(call: Call) -> list[Any]:
    """The buttons in the place of the keyboard."""
    rows = (call.given.get("reply_markup") or {}).get("keyboard", [])
    return [bool(key.get("request_contact")) for row in rows for key in row]


async def test_where_no_contact_is_taken_no_number_is_asked_for_and_one_is_refused(
    server: Server, fake: FakeTelegram
) -> None:
    await fake.says("/start it-help")
    await fake.says("/human")
    queued = await fake.wait_for("queue")
    assert offered(queued) == [False]  # only the way back to the assistant
    await fake.says(contact=OWN_NUMBER)
    await fake.wait_for("This cannot be sent here: a contact.")


async def test_where_one_is_taken_both_are_offered(server: Server, fake: FakeTelegram) -> None:
    await fake.says("/start customer-care")
    await fake.says("/human")
    assert offered(await fake.wait_for("queue")) == [True, False]


async def test_a_bot_that_asks_for_a_number_there_takes_it_in_words(
    server: Server, fake: FakeTelegram
) -> None:
    await fake.says("/start it-help")
    server.engine.at_once = answer("Your number?", slots={"requested_slot": "callback_phone"})
    await fake.says("call me")
    assert "reply_markup" not in (await fake.wait_for("Your number?")).given
