"""A private chat, from the first word to the last."""

import pytest

from tests.connectors.telegram.fake import ANNA, FakeTelegram
from tests.desk import answer
from tests.server import Server

pytestmark = pytest.mark.asyncio
CHAT = ANNA["id"]


async def test_a_question_is_answered_and_the_answer_quotes_it(
    server: Server, fake: FakeTelegram
) -> None:
    question = await fake.says("How long does delivery take?")
    said = await fake.wait_for("Two working days.")
    assert int(said.given["chat_id"]) == CHAT
    assert said.given["reply_parameters"]["message_id"] == question["message_id"]
    await fake.until_confirmed()


async def test_a_button_is_pressed_once_and_shows_what_was_chosen(
    server: Server, fake: FakeTelegram
) -> None:
    button = {"title": "Delivery cost", "payload": '/care_delivery_cost{"x": "1"}'}
    server.engine.at_once = answer(replies=[{"text": "What of it?", "buttons": [button]}])
    await fake.says("delivery")
    offer = await fake.wait_for("What of it?")
    server.engine.at_once = answer("Free from 199.")
    await fake.presses(offer, "Delivery cost")
    await fake.wait_for("Free from 199.")
    assert server.engine.requests[-1].payload == button["payload"]
    shut = await fake.wait_for_call("editMessageReplyMarkup")
    assert [key["text"] for key in shut.keys] == ["✓ Delivery cost"]
    asked = len(server.engine.requests)
    await fake.presses(offer, "Delivery cost")  # the second of a double press
    await fake.wait_for_call("answerCallbackQuery", times=2)
    assert len(server.engine.requests) == asked


async def test_pieces_of_an_answer_come_in_order_and_buttons_under_the_last(
    server: Server, fake: FakeTelegram
) -> None:
    button = {"title": "More", "payload": "/more"}
    server.engine.at_once = answer(
        replies=[{"text": "First.", "buttons": []}, {"text": "Second.", "buttons": [button]}]
    )
    await fake.says("hello")
    last = await fake.wait_for("Second.")
    assert [call.text for call in fake.sent()] == ["First.", "Second."]
    assert [key["text"] for key in last.keys] == ["More"]
    assert "reply_parameters" in fake.sent()[0].given


async def test_cards_have_their_pictures_links_and_buttons(
    server: Server, fake: FakeTelegram
) -> None:
    card = {
        "title": "Sony <WH>",
        "text": "Headphones",
        "image": "https://shop.example/wh.jpg",
        "link": {"title": "Open", "url": "https://shop.example/wh"},
        "buttons": [{"title": "Take it", "payload": "/take"}],
    }
    server.engine.at_once = answer(replies=[{"text": "Look:", "custom": {"cards": [card]}}])
    await fake.says("headphones")
    shown = (await fake.wait_for_call("sendPhoto")).given
    assert shown["caption"] == "<b>Sony &lt;WH&gt;</b>\nHeadphones"
    keys = [key for row in shown["reply_markup"]["inline_keyboard"] for key in row]
    assert [(key["text"], key.get("url")) for key in keys] == [
        ("Take it", None),
        ("Open", "https://shop.example/wh"),
    ]
    server.engine.at_once = answer("Taken.")
    await fake.presses(fake.called("sendPhoto")[0], "Take it")
    await fake.wait_for("Taken.")


async def test_a_button_of_an_earlier_conversation_says_so_and_does_nothing(
    server: Server, fake: FakeTelegram
) -> None:
    button = {"title": "Yes", "payload": "/affirm"}
    server.engine.at_once = answer(replies=[{"text": "Really?", "buttons": [button]}])
    await fake.says("hello")
    offer = await fake.wait_for("Really?")
    await fake.says("/end")
    await fake.wait_for("closed")
    await fake.presses(offer, "Yes")
    told = (await fake.wait_for_call("answerCallbackQuery")).given
    assert told["show_alert"] is True
    assert told["text"].startswith("This button belongs to an earlier conversation.")
    await fake.press_data(offer, "b:garbage")
    await fake.wait_for_call("answerCallbackQuery", times=2)
    assert len(server.engine.requests) == 1


async def test_an_edit_before_the_answer_is_what_the_bot_reads(
    server: Server, fake: FakeTelegram
) -> None:
    server.engine.at_once = None
    asked = await fake.says("where is my odrer")
    await fake.until(lambda: server.engine.asked, "the question")
    corrected = {**asked, "text": "where is my order", "edit_date": asked["date"] + 5}
    await fake.send(edited_message=corrected)
    await fake.until(lambda: len(server.engine.requests) == 2, "the question anew")
    assert server.engine.requests[1].text == "where is my order"
    server.engine.reply(0, answer("Too late."))
    server.engine.reply(0, answer("On its way."))
    await fake.wait_for("On its way.")
    await fake.send(edited_message={**corrected, "text": "where is my parcel"})
    await fake.until_confirmed()
    assert [call.text for call in fake.sent()] == ["On its way."]
    assert len(server.engine.requests) == 2


@pytest.mark.parametrize(
    "words",
    ["h̵̢̛e̶l̷l̸o̵" * 20, "أين طلبي؟ \u202e(10482)\u202c", "🙂" * 2000],
    ids=["zalgo", "right to left", "emoji"],
)
async def test_unusual_text_goes_in_and_out_as_it_is(
    server: Server, fake: FakeTelegram, words: str
) -> None:
    server.engine.at_once = answer(words)
    await fake.says(words)
    await fake.wait_for(words)
    assert server.engine.requests[0].text == words


async def test_4097_characters_of_emoji_are_too_long_and_an_answer_of_them_is_cut(
    server: Server, fake: FakeTelegram
) -> None:
    await fake.says("🙂" * 4097)
    await fake.wait_for("The message is too long: 4097 characters")
    assert server.engine.requests == []
    server.engine.at_once = answer("🙂" * 4097)
    await fake.says("emoji please")
    await fake.until(lambda: len(fake.sent()) == 4, "three pieces")
    assert [len(call.text) for call in fake.sent()[1:]] == [2048, 2048, 1]


async def test_people_without_a_name_are_served_as_well(server: Server, fake: FakeTelegram) -> None:
    nobody = {"id": 90, "is_bot": False, "first_name": ""}
    await fake.says("hello", who=nobody)
    await fake.wait_for("Two working days.", chat=90)


async def test_channel_posts_and_other_bots_are_not_answered(
    server: Server, fake: FakeTelegram
) -> None:
    channel = {"id": -1009, "type": "channel", "title": "News"}
    post = {"message_id": 1, "date": 1764300000, "chat": channel, "text": "news"}
    await fake.send(channel_post=post)
    await fake.says("from a bot", who={**ANNA, "is_bot": True})
    await fake.says("from a person")
    await fake.wait_for("Two working days.")
    await fake.until_confirmed()
    assert [request.text for request in server.engine.requests] == ["from a person"]
    assert len(fake.sent()) == 1
