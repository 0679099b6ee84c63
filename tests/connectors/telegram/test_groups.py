"""Groups: who is answered, what others may read, and what goes on in private."""

from pathlib import Path
from typing import Any

import pytest

from tests.connectors.telegram.conftest import Open
from tests.connectors.telegram.fake import ANNA, BOT, GROUP, Call, FakeTelegram
from tests.connectors.telegram.test_polling import texts
from tests.desk import answer
from tests.server import Server

pytestmark = pytest.mark.asyncio
OFFICE = {"id": GROUP, "type": "supergroup", "title": "Office"}
PIOTR: dict[str, Any] = {"id": 99, "is_bot": False, "first_name": "Piotr", "language_code": "pl"}
BARE = ("/help", "/human", "/stop", "/start it-help")  # of whichever bot is in the group
GENERAL = answer("Two working days.", answered="utter_care_delivery_time")


async def mention(fake: FakeTelegram, words: str, **fields: Any) -> Any:
    marks = [{"type": "mention", "offset": 0, "length": 9}]
    return await fake.says(f"@desk_bot {words}", **({"chat": OFFICE, "entities": marks} | fields))


async def test_only_what_is_meant_for_the_bot_is_answered_and_quoted(
    server: Server, fake: FakeTelegram
) -> None:
    server.engine.at_once = GENERAL
    await fake.says("lunch?", chat=OFFICE)
    asked = await mention(fake, "how long is delivery?")
    said = await fake.wait_for("Two working days.", chat=GROUP)
    assert said.given["reply_parameters"]["message_id"] == asked["message_id"]
    assert [request.text for request in server.engine.requests] == ["how long is delivery?"]
    assert len(fake.sent()) == 1  # and nobody else is asked whether it helped


async def test_each_member_has_a_conversation_of_their_own_in_each_topic(
    server: Server, fake: FakeTelegram
) -> None:
    server.engine.at_once = GENERAL
    topic = {"message_thread_id": 5, "is_topic_message": True}
    await mention(fake, "one")
    await mention(fake, "two", who=PIOTR)
    await mention(fake, "three", **topic)
    await fake.until(lambda: len(fake.sent()) == 3, "three answers")
    assert len({request.conversation for request in server.engine.requests}) == 3
    in_topic = [call for call in fake.sent() if call.given.get("message_thread_id") == 5]
    assert len(in_topic) == 1
    assert server.engine.requests[1].language == "pl"


@pytest.mark.parametrize(
    "personal",
    [
        answer(
            "Your order 10482 is on its way.", entities=[{"value": "10482"}], answered="utter_x"
        ),
        answer("What is your order number?", slots={"requested_slot": "order_number"}),
        answer("Order 10482 was found."),  # an action's own words, not a general answer
        answer(handoff={"reason": "action", "details": {"order": "10482"}}, replies=[]),
    ],
    ids=["collected value", "question of a form", "action", "handoff"],
)
async def test_what_is_personal_waits_in_private_and_the_group_sees_a_link_alone(
    server: Server, fake: FakeTelegram, personal: Any
) -> None:
    server.engine.at_once = personal
    await mention(fake, "where is my order 10482?")
    told = await fake.wait_for("My answer is for you alone.", chat=GROUP)
    assert "10482" not in str([call.given for call in fake.sent(GROUP)])
    link = told.keys[0]["url"]
    assert link.startswith("https://t.me/desk_bot?start=p")
    start = f"/start {link.partition('start=')[2]}"
    await fake.says(start, who=PIOTR)  # somebody else's link is only a greeting
    await fake.until(lambda: len(fake.sent(99)) == 1, "the greeting")
    assert "Dzień dobry" in fake.sent(99)[0].text
    await fake.says(start)
    await fake.until(lambda: fake.sent(ANNA["id"]), "what waited")
    server.engine.at_once = answer("And this is private, too.")
    asked = len(server.engine.requests)
    if personal.handoff is None:
        await fake.says("10483", who=ANNA)
        await fake.wait_for("And this is private, too.", chat=ANNA["id"])
        first, last = server.engine.requests[0], server.engine.requests[asked]
        assert first.conversation == last.conversation
    assert len(fake.sent(GROUP)) == 1


async def test_a_press_by_another_member_changes_nothing(
    server: Server, fake: FakeTelegram
) -> None:
    replies = [{"text": "Which?", "buttons": [{"title": "Cost", "payload": "/cost"}]}]
    server.engine.at_once = answer(replies=replies, answered="utter_which")
    await mention(fake, "delivery")
    offer = await fake.wait_for("Which?", chat=GROUP)
    await fake.presses(offer, "Cost", who=PIOTR)
    told = await fake.wait_for_call("answerCallbackQuery")
    assert "Ten przycisk jest dla innej osoby" in told.text
    assert len(server.engine.requests) == 1
    assert fake.called("editMessageReplyMarkup") == []  # it is there for whom it was offered
    server.engine.at_once = answer("Free.", answered="utter_cost")
    await fake.presses(offer, "Cost")
    await fake.wait_for("Free.", chat=GROUP)


async def test_a_person_is_offered_to_who_sent_a_place_and_to_nobody_else(
    server: Server, fake: FakeTelegram
) -> None:
    server.engine.at_once = GENERAL
    await mention(fake, "how long is delivery?")
    said = await fake.wait_for("Two working days.", chat=GROUP)
    place = {"latitude": 52.0, "longitude": 21.0}
    await fake.says(location=place, **reply_to(said))
    offer = await fake.wait_for("Shall I pass you on?", chat=GROUP)
    await fake.presses(offer, "Talk to a person", who=PIOTR)
    told = await fake.wait_for_call("answerCallbackQuery")
    assert "Ten przycisk jest dla innej osoby" in told.text
    desk = server.app.state.parts.frontdesk
    assert await desk.thread_status("telegram", f"{GROUP}:0:{PIOTR['id']}") is None
    assert fake.called("editMessageReplyMarkup") == []
    await fake.presses(offer, "Talk to a person")
    await fake.wait_for_call("editMessageReplyMarkup")
    status = await desk.thread_status("telegram", f"{GROUP}:0:{ANNA['id']}")
    assert status.status == "queued"


@pytest.mark.parametrize("command", ["/human", "/status", "/stop", "/language"])
async def test_personal_commands_are_sent_to_the_private_chat(
    server: Server, fake: FakeTelegram, command: str
) -> None:
    await fake.says(f"{command}@desk_bot", chat=OFFICE)
    told = await fake.wait_for("I do that in a private chat", chat=GROUP)
    assert told.keys[0]["url"].startswith("https://t.me/desk_bot?start=")
    if command == "/human":
        await fake.says("/start human")
        await fake.wait_for("queue", chat=ANNA["id"])


async def test_commands_of_other_bots_are_left_to_them(server: Server, fake: FakeTelegram) -> None:
    for words in ("/weather", "/weather@desk_bot", "/help@other_bot", *BARE):
        await fake.says(words, chat=OFFICE)
    await fake.until_confirmed()
    assert fake.sent() == []


async def test_only_the_bots_name_brings_what_can_be_asked(
    server: Server, fake: FakeTelegram
) -> None:
    marks = [{"type": "mention", "offset": 0, "length": 9}]
    await fake.says("@desk_bot", chat=OFFICE, entities=marks)
    await fake.wait_for("In a group I answer when you mention @desk_bot", chat=GROUP)


def reply_to(said: Call, who: Any = BOT) -> dict[str, Any]:
    """The fields of a message that replies to this one in the group."""
    replied = {"message_id": said.given["message_id"], "date": 1764300000, "chat": OFFICE}
    return {"chat": OFFICE, "reply_to_message": replied | {"from": who}}


async def test_a_reply_to_the_bot_is_for_the_bot_and_one_to_a_member_is_not(
    server: Server, fake: FakeTelegram
) -> None:
    server.engine.at_once = GENERAL
    await mention(fake, "how long is delivery?")
    said = await fake.wait_for("Two working days.", chat=GROUP)
    await fake.says("and what do you think?", **reply_to(said, PIOTR))
    await fake.says("/help", **reply_to(said, PIOTR))
    server.engine.at_once = answer("Five days.", answered="utter_care_delivery_abroad")
    asked = await fake.says("and to Germany?", **reply_to(said))
    again = await fake.wait_for("Five days.", chat=GROUP)
    assert again.given["reply_parameters"]["message_id"] == asked["message_id"]
    assert [request.text for request in server.engine.requests][1:] == ["and to Germany?"]
    await fake.says("/help", **reply_to(said))  # nobody else can be meant
    await fake.wait_for("In a group I answer when you mention @desk_bot", chat=GROUP)
    assert len(fake.sent()) == 3


async def test_a_desk_that_is_in_no_groups_sends_everybody_to_the_private_chat(
    tmp_path: Path, open_telegram: Open, fake: FakeTelegram
) -> None:
    desks = tmp_path / "desks.toml"
    desks.write_text(
        '[customer-care]\nname = { en = "Care", pl = "Obsługa" }\n'
        "[customer-care.telegram]\ngroups = false\n"
    )
    async with open_telegram(desks_file=desks) as server:
        await fake.says("lunch?", chat=OFFICE)
        await mention(fake, "how long is delivery?")
        told = await fake.wait_for("I do that in a private chat", chat=GROUP)
        assert told.keys[0]["url"] == "https://t.me/desk_bot?start=customer-care"
        assert len(fake.sent()) == 1
        assert server.engine.requests == []
        await fake.says("how long is delivery?")
        await fake.wait_for("Two working days.", chat=ANNA["id"])


async def test_an_edit_that_adds_the_forgotten_name_is_answered_once(
    server: Server, fake: FakeTelegram
) -> None:
    server.engine.at_once = GENERAL
    said = await fake.says("how long is delivery?", chat=OFFICE)
    marks = [{"type": "mention", "offset": 0, "length": 9}]
    words = "@desk_bot how long is delivery?"
    edit = {**said, "text": words, "entities": marks, "edit_date": said["date"] + 9}
    await fake.send(edited_message={**edit, "text": "how long does delivery take?", "entities": []})
    await fake.send(edited_message=edit)
    answered = await fake.wait_for("Two working days.", chat=GROUP)
    assert answered.given["reply_parameters"]["message_id"] == said["message_id"]
    await fake.send(edited_message=edit)
    await fake.send(edited_message={**edit, "text": f"{words}!", "edit_date": said["date"] + 12})
    await fake.until_confirmed()
    assert len(fake.sent()) == 1
    assert await texts(server) == ["how long is delivery?!"]
