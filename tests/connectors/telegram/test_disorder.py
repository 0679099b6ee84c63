"""What comes in another order than it was written in, in one chat: taken as it comes, each message
answered once, and of a message that was edited the last words are read."""

from typing import Any

import httpx
import pytest

from connectors.telegram.places import message_key
from tests.connectors.telegram.conftest import HEADER, PUBLIC, SECRET, Open
from tests.connectors.telegram.fake import ANNA, FakeTelegram, Json
from tests.connectors.telegram.test_commands import status_of
from tests.connectors.telegram.test_groups import OFFICE
from tests.connectors.telegram.test_polling import texts
from tests.server import Server

pytestmark = pytest.mark.asyncio


def edit_of(message: Json, words: str) -> Json:
    """The edit of a message, in which the whole of it stands."""
    return {**message, "text": words, "edit_date": message["date"] + 5}


async def kept_edits(server: Server) -> dict[str, str]:
    """By key: those that wait for their messages."""
    found: dict[str, str] = await server.app.state.parts.memory.starting("telegram", "edit:")
    return found


async def test_two_messages_of_one_chat_in_the_wrong_order_are_each_answered_once(
    server: Server, fake: FakeTelegram
) -> None:
    first, second = fake.message("How long is delivery?"), fake.message("And what does it cost?")
    updates = [{"update_id": 51, "message": second}, {"update_id": 50, "message": first}]
    await fake.send_raw(*updates)
    said = [await fake.wait_for("Two working days.", times=n) for n in (1, 2)]
    await fake.until_confirmed()
    await fake.send_raw(*[{**one, "update_id": 60 + n} for n, one in enumerate(updates)])
    await fake.until_confirmed()
    assert await texts(server) == ["And what does it cost?", "How long is delivery?"]
    quoted = [call.given["reply_parameters"]["message_id"] for call in said]
    assert quoted == [second["message_id"], first["message_id"]]
    assert len(fake.sent()) == 2


async def test_an_edit_that_a_webhook_brings_before_its_message_is_what_is_read(
    open_telegram: Open, fake: FakeTelegram
) -> None:
    async with (
        open_telegram(telegram_webhook_url=PUBLIC, telegram_webhook_secret=SECRET) as server,
        httpx.AsyncClient(base_url=server.url, headers={HEADER: SECRET}, timeout=60) as http,
    ):

        async def bring(**update: Any) -> None:
            update["update_id"] = 1
            done = await http.post("/telegram/webhook", json=update)
            assert done.status_code == 200

        message = fake.message("Where is my parcel?")
        await bring(edited_message=edit_of(message, "Where is parcel 10482?"))
        assert server.engine.requests == []
        await bring(message=message)
        await fake.wait_for("Two working days.")
        await bring(message=message)
        await bring(edited_message=edit_of(message, "Where is parcel 10482?"))
        assert [request.text for request in server.engine.requests] == ["Where is parcel 10482?"]
        assert await texts(server) == ["Where is parcel 10482?"]
        # One that comes after the answer changes the transcript alone, as ever.
        await bring(edited_message=edit_of(message, "Where is parcel 10483?"))
        await bring(message=message)
        assert await texts(server) == ["Where is parcel 10483?"]
        assert len(fake.sent()) == 1


async def test_an_edit_that_was_kept_is_made_when_the_message_comes_again(
    open_telegram: Open, fake: FakeTelegram
) -> None:
    """The process had the message taken, and ended before it could look for edits once more."""
    async with (
        open_telegram(telegram_webhook_url=PUBLIC, telegram_webhook_secret=SECRET) as server,
        httpx.AsyncClient(base_url=server.url, headers={HEADER: SECRET}, timeout=60) as http,
    ):
        message = fake.message("Where is my parcel?")
        update = {"update_id": 1, "message": message}
        await http.post("/telegram/webhook", json=update)
        await fake.wait_for("Two working days.")
        known = message_key(ANNA["id"], message["message_id"], message["date"])
        key = f"edit:{ANNA['id']}:{known}"
        memory = server.app.state.parts.memory
        await memory.keep("telegram", key, "Where is parcel 10482?", days=1)
        await http.post("/telegram/webhook", json=update)
        assert await texts(server) == ["Where is parcel 10482?"]


async def test_an_edit_whose_message_never_reaches_the_desk_changes_nothing(
    server: Server, fake: FakeTelegram
) -> None:
    command = await fake.says("/help")
    await fake.wait_for("/human – talk to a person")
    await fake.send(edited_message=edit_of(command, "4111 1111 1111 1111 is my card"))
    await fake.until_confirmed()
    assert list((await kept_edits(server)).values()) == ["••• is my card"]
    assert await status_of(server) is None
    assert len(fake.sent()) == 1
    await fake.says("/stop")
    await fake.presses(await fake.wait_for("Shall I forget you?"), "Yes, forget me")
    await fake.wait_for_call("editMessageText")
    assert await kept_edits(server) == {}


async def test_what_nobody_meant_for_the_bot_is_not_kept_when_it_is_edited(
    server: Server, fake: FakeTelegram
) -> None:
    lunch = await fake.says("lunch?", chat=OFFICE)
    await fake.send(edited_message=edit_of(lunch, "lunch at one?"))
    await fake.until_confirmed()
    assert await kept_edits(server) == {}
    assert fake.sent() == []
