"""What one process does while Telegram brings another one the next update, on one PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.connectors.telegram.conftest import Open, bring, webhooks
from tests.connectors.telegram.fake import FakeTelegram
from tests.connectors.telegram.test_form import DESKS
from tests.connectors.telegram.test_media import carried, photo
from tests.files import JPEG
from tests.server import Server

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(120)]
Two = tuple[Server, Server]


@pytest_asyncio.fixture
async def two_with_form(
    tmp_path: Path, open_telegram: Open, shared_url: str, fake: FakeTelegram
) -> AsyncIterator[Two]:
    desks = tmp_path / "desks.toml"
    desks.write_text(DESKS, "utf-8")
    place = {**webhooks(shared_url), "desks_file": desks}
    async with open_telegram(**place) as one, open_telegram(**place) as other:
        await fake.wait_for_call("setMyCommands", times=6)
        yield one, other


async def test_an_edit_that_comes_while_the_picture_is_fetched_elsewhere_is_what_stays(
    two: Two, fake: FakeTelegram
) -> None:
    message = fake.message(photo=photo(fake, "P1", JPEG), caption="Where is parcel 1042?")
    go_on = fake.hold("getFile")
    first = asyncio.create_task(bring(two[0], {"update_id": 1, "message": message}))
    await fake.wait_for_call("getFile")
    edit = {**message, "caption": "Where is parcel 10482?", "edit_date": message["date"] + 5}
    assert await bring(two[1], {"update_id": 2, "edited_message": edit}) == 200
    go_on.set()
    assert await first == 200
    assert await carried(two[0]) == [("Where is parcel 10482?", ["photo.jpg"])]


async def test_an_answer_that_comes_to_another_process_while_its_question_is_sent_is_kept(
    two_with_form: Two, fake: FakeTelegram
) -> None:
    said = fake.message("where is my order?")
    assert await bring(two_with_form[0], {"update_id": 1, "message": said}) == 200
    mail = {"update_id": 2, "message": fake.message("anna@example.com")}
    go_on = fake.hold("sendMessage", "Your phone")
    asking = asyncio.create_task(bring(two_with_form[0], mail))
    phone = await fake.wait_for("Your phone")
    phone.given["message_id"] = 500
    assert await bring(two_with_form[1], await fake.presses(phone, "Skip")) == 200
    topic = await fake.wait_for("Topic")
    go_on.set()
    assert await asking == 200
    assert await bring(two_with_form[0], await fake.presses(topic, "An order")) == 200
    consent = await fake.wait_for("We keep what you write.")
    assert await bring(two_with_form[1], await fake.presses(consent, "I agree")) == 200
    await fake.wait_for("Two working days.")
