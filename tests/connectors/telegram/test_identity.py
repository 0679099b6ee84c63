"""Which message is which: numbers come again, in a supergroup and with another bot."""

from typing import Any

import pytest
from sqlalchemy import select

from bot.conversations.models import Message
from connectors.telegram.chats import DATED_KEYS
from tests.connectors.telegram.conftest import Open
from tests.connectors.telegram.fake import ANNA, GROUP, FakeTelegram
from tests.connectors.telegram.test_afterwards import comment_of, rated, reply_to
from tests.connectors.telegram.test_disorder import edit_of
from tests.connectors.telegram.test_polling import texts
from tests.desk import answer
from tests.server import Server

pytestmark = pytest.mark.asyncio
OLD: dict[str, Any] = {"id": -500, "type": "group", "title": "Office"}
NEW: dict[str, Any] = {"id": GROUP, "type": "supergroup", "title": "Office"}
MARKS = [{"type": "mention", "offset": 0, "length": 9}]
COMMAND = [{"type": "bot_command", "offset": 0, "length": 14}]
CHAT = ANNA["id"]


async def in_group(fake: FakeTelegram, words: str, chat: Any) -> Any:
    return await fake.says(f"@desk_bot {words}", chat=chat, entities=MARKS)


def says(server: Server, words: str, key: str = "utter_care_delivery_time") -> None:
    server.engine.at_once = answer(words, answered=key)


async def test_a_supergroups_messages_are_not_those_of_the_group_that_it_was(
    server: Server, fake: FakeTelegram
) -> None:
    says(server, "Two days.")
    before = await in_group(fake, "how long is delivery?", OLD)
    await fake.wait_for("Two days.", chat=OLD["id"])
    await fake.migrates(OLD["id"], GROUP)
    await fake.until_confirmed()
    says(server, "Five days.", "utter_care_delivery_abroad")
    after = await in_group(fake, "and to Germany?", NEW)
    assert after["message_id"] == before["message_id"]
    said = await fake.wait_for("Five days.", chat=GROUP)
    assert said.given["reply_parameters"]["message_id"] == after["message_id"]
    await fake.send(edited_message=edit_of(after, "@desk_bot and to Spain?"))
    await fake.send(message=after)  # given again
    await fake.until_confirmed()
    assert await texts(server) == ["how long is delivery?", "and to Spain?"]
    assert len(server.engine.requests) == 2


async def test_a_command_in_a_supergroup_is_not_one_of_the_group_that_it_was(
    server: Server, fake: FakeTelegram
) -> None:
    for chat in (OLD, NEW):
        await fake.says("/help@desk_bot", chat=chat, entities=COMMAND)
        await fake.wait_for("In a group I answer", chat=chat["id"])
        if chat is OLD:
            await fake.migrates(OLD["id"], GROUP)
            await fake.until_confirmed()


async def test_what_was_asked_in_the_old_group_is_not_quoted_by_number_in_the_new_one(
    server: Server, fake: FakeTelegram
) -> None:
    says(server, "Two days.")
    answering = fake.hold("sendMessage", "Two days.")
    fake.refuse("sendMessage", 400, "Bad Request: group upgraded", migrate_to_chat_id=GROUP)
    await in_group(fake, "how long is delivery?", OLD)
    said = await fake.wait_for("Two days.", chat=GROUP)
    answering.set()
    assert "reply_parameters" not in said.given


async def test_another_bots_messages_begin_at_one_and_are_all_heard(
    server: Server, fake: FakeTelegram
) -> None:
    first = await fake.says("how long is delivery?")
    await fake.wait_for("Two working days.")
    await fake.says("/help")
    await fake.wait_for("/human – talk to a person")
    await fake.until_confirmed()
    fake.number_from_one()
    server.engine.at_once = answer("It is free.")
    again = await fake.says("what does it cost?")
    assert again["message_id"] == first["message_id"]
    said = await fake.wait_for("It is free.")
    assert said.given["reply_parameters"]["message_id"] == again["message_id"]
    fake.number_from_one()
    fake.message()
    await fake.says("/help")  # the second message, as the first /help was
    await fake.wait_for("/human – talk to a person", times=2)
    await fake.send(edited_message=edit_of(first, "how long?"))
    await fake.until_confirmed()
    assert await texts(server) == ["how long?", "what does it cost?"]


async def test_a_person_is_asked_for_by_the_button_of_another_bots_message_with_the_same_number(
    server: Server, fake: FakeTelegram
) -> None:
    for times in (1, 2):
        fake.number_from_one()
        await fake.says(location={"latitude": 52.0, "longitude": 21.0})
        offer = await fake.wait_for("I cannot make use", times=times)
        await fake.presses(offer, "Talk to a person")
        await fake.wait_for("queue", chat=CHAT, times=times)
        await fake.says("/end")
        await fake.until_confirmed()


async def test_what_was_sent_before_an_upgrade_is_known_by_its_old_key(
    open_telegram: Open, fake: FakeTelegram
) -> None:
    async with open_telegram() as server:
        upgraded = int(await server.app.state.parts.memory.recall("telegram", DATED_KEYS))
        before = fake.message("how long is delivery?", date=upgraded - 60)
        await fake.send(message=before)
        await fake.wait_for("Two working days.")
        after = await fake.says("and to Spain?")
        await fake.wait_for("Two working days.", times=2)
        async with server.app.state.parts.db.read() as session:
            kept = list(await session.scalars(select(Message.external_id).order_by(Message.seq)))
        number, date = after["message_id"], after["date"]
        assert [key for key in kept if key] == [
            f"{CHAT}:{before['message_id']}",
            f"{CHAT}:{number}@{date}",
        ]
        await fake.send(message=before)
        await fake.send(edited_message=edit_of(before, "how long?"))
        await fake.until_confirmed()
        assert await texts(server) == ["how long?", "and to Spain?"]
    async with open_telegram() as server:
        since = await server.app.state.parts.memory.recall("telegram", DATED_KEYS)
        assert int(since) == upgraded


async def test_a_question_is_known_by_its_date_when_another_bots_message_has_its_number(
    server: Server, fake: FakeTelegram
) -> None:
    there, thanks = await rated(server, fake)
    await fake.presses(thanks, "✍️ Add a comment")
    asked = await fake.wait_for("What should we know about it?")
    server.engine.at_once = answer("Five days.")
    replied: Any = reply_to(asked)["reply_to_message"]
    later = {**replied, "date": replied["date"] + 3600}
    await fake.says("and to Germany?", reply_to_message=later)
    await fake.wait_for("Five days.")
    assert await comment_of(server, there) is None
    await fake.says("Quick help", reply_to_message=replied)
    await fake.wait_for("your comment is kept")
    assert await comment_of(server, there) == "Quick help"
