"""Honest questions, repetitions and languages, through the whole desk."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.channel import Receipt
from bot.conversations.models import Message
from bot.conversations.state import Status
from tests.desk import TestDesk, answer, open_desk, unclear

pytestmark = pytest.mark.asyncio

GUESSES = {"care_delivery_time": 0.4, "care_invoice": 0.2}


@pytest_asyncio.fixture
async def desk(tmp_path: Path) -> AsyncIterator[TestDesk]:
    async with open_desk(tmp_path) as opened:
        yield opened


async def said(desk: TestDesk, receipt: Receipt) -> list[Message]:
    return await desk.messages(receipt.conversation)


async def test_three_unclear_messages_are_a_guess_a_request_and_a_human(desk: TestDesk) -> None:
    for _ in range(3):
        receipt = await desk.customer_says("blorp")
        desk.engine.reply(0, unclear("Sorry?", GUESSES))
        await desk.settle()
    texts = [message.text for message in await said(desk, receipt) if message.text != "blorp"]
    assert texts[0].startswith("I am not quite sure. Did you mean “Delivery time” or “Invoice”")
    assert texts[1] == "Sorry?"
    assert texts[2].startswith("I am sorry, I do not understand this well enough")
    assert (await desk.conversation(receipt.conversation)).status is Status.QUEUED


async def test_a_guess_is_pressed_and_something_else_asks_no_engine(desk: TestDesk) -> None:
    receipt = await desk.customer_says("blorp")
    desk.engine.reply(0, unclear("Sorry?", GUESSES))
    await desk.settle()
    await desk.customer_presses(receipt, "Something else")
    last = (await said(desk, receipt))[-1]
    assert last.text.startswith("All right. Please say it in other words")
    assert len(desk.engine.requests) == 1
    await desk.customer_presses(receipt, "Delivery time")
    assert desk.engine.requests[-1].payload == "/care_delivery_time"
    await desk.bot_answers("Two days.")
    assert (await desk.conversation(receipt.conversation)).misses == 0


async def test_the_desks_own_button_brings_a_person_without_the_engine(desk: TestDesk) -> None:
    receipt = await desk.customer_says("blorp")
    desk.engine.reply(0, unclear("Sorry?", GUESSES))
    await desk.settle()
    await desk.customer_presses(receipt, "Something else")
    await desk.customer_presses(receipt, "Talk to a person")
    conversation = await desk.conversation(receipt.conversation)
    assert (conversation.status, conversation.handoff_reason) == (Status.QUEUED, "asked_for_human")
    await desk.customer_presses(receipt, "Something else")
    await desk.customer_presses(receipt, "Talk to a person")
    assert (await said(desk, receipt))[-1].text.startswith("You are already in the queue.")


async def test_yes_to_a_guess_asks_the_engine_for_it(desk: TestDesk) -> None:
    receipt = await desk.customer_says("blorp")
    desk.engine.reply(0, unclear("Sorry?", GUESSES))
    await desk.settle()
    await desk.customer_says("yes")
    await desk.bot_answers("What would you like?", intent="affirm")
    assert desk.engine.requests[-1].payload == "/care_delivery_time"
    assert desk.engine.requests[-1].text is None
    await desk.bot_answers("Two days.")
    texts = [message.text for message in await said(desk, receipt)]
    assert texts[-1] == "Two days."
    assert "What would you like?" not in texts
    assert [turn.status for turn in await desk.turns(receipt.conversation)] == ["answered"] * 2


async def test_the_last_words_are_repeated_with_their_buttons(desk: TestDesk) -> None:
    button = {"title": "Track it", "payload": "/care_order_status"}
    receipt = await desk.customer_says("When?")
    replies = [{"text": "Two days."}, {"text": "Shall I?", "buttons": [button]}]
    await desk.bot_answers(replies=replies, answered="utter_care_delivery_time")
    await desk.customer_says("What?")
    await desk.bot_answers(intent="repeat", replies=[{"custom": {"repeat": True}}])
    again = (await said(desk, receipt))[-2:]
    assert [message.text for message in again] == ["Two days.", "Shall I?"]
    assert again[1].buttons == [button]


async def test_an_answer_is_not_said_twice_in_a_row_unless_its_button_is_pressed(
    desk: TestDesk,
) -> None:
    time = {"intent": "care_delivery_time", "answered": "utter_care_delivery_time"}
    button = {"title": "Delivery time", "payload": "/care_delivery_time"}
    receipt = await desk.customer_says("when does it come")
    await desk.bot_answers(replies=[{"text": "Two days.", "buttons": [button]}], **time)
    await desk.customer_says("but when")
    await desk.bot_answers("Two days.", **time)
    assert (await said(desk, receipt))[-1].text.startswith("All that I know about this")
    await desk.customer_presses(receipt, "Delivery time")
    await desk.bot_answers("Two days.", **time)
    assert (await said(desk, receipt))[-1].text == "Two days."
    await desk.customer_says("thanks")
    await desk.bot_answers("You are welcome!", intent="thank")
    await desk.customer_says("when does it come")
    await desk.bot_answers("Two days.", **time)
    assert (await said(desk, receipt))[-1].text == "Two days."


async def test_an_order_without_words_is_never_said(desk: TestDesk) -> None:
    receipt = await desk.customer_says("Hello")
    await desk.bot_answers(replies=[{"text": "Hi"}, {"custom": {"theirs": 1}}])
    assert [message.text for message in await said(desk, receipt)] == ["Hello", "Hi"]


async def test_the_conversation_goes_on_in_the_language_of_the_customer(desk: TestDesk) -> None:
    receipt = await desk.customer_says("dzień dobry")
    await desk.bot_answers("Dzień dobry!", language="pl")
    assert (await desk.conversation(receipt.conversation)).language == "pl"
    await desk.customer_says("człowiek")
    assert desk.engine.requests[-1].language == "pl"
    await desk.bot_answers(intent="talk_to_human", language="pl")
    assert (await said(desk, receipt))[-1].text.startswith("Oczywiście, przekazuję rozmowę")


async def test_an_upset_customer_starts_afresh_after_a_human_was_there(desk: TestDesk) -> None:
    anna = await desk.add_agent()
    for _ in range(2):
        receipt = await desk.customer_says("This is useless!")
        await desk.bot_answers("Sorry for the trouble.", intent="frustrated")
    conversation = await desk.conversation(receipt.conversation)
    assert (conversation.status, conversation.handoff_reason) == (Status.QUEUED, "frustrated")
    await desk.handoffs.return_to_bot(anna, receipt.conversation, epoch=conversation.epoch)
    await desk.customer_says("blorp")
    desk.engine.reply(0, unclear("Sorry?"))
    await desk.settle()
    assert (await desk.conversation(receipt.conversation)).status is Status.BOT


async def test_answers_of_other_peoples_bots_need_no_new_fields() -> None:
    plain = answer("Hi")
    assert (plain.language, plain.answered, plain.replies[0].custom) == (None, None, {})
    assert answer(language=3, answered="").language is None
