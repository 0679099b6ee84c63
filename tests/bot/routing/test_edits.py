"""Messages that their customers change or take back."""

from pathlib import Path

import pytest

from bot.channel import Edit, EmptyText, Receipt, TextTooLong, Upload
from tests import files
from tests.bot.attachments.test_service import pieces
from tests.desk import TestDesk, answer, open_desk

pytestmark = pytest.mark.asyncio


async def sends_a_file(desk: TestDesk, key: str) -> Receipt:
    wish = Upload("web", "t1", key, "screen.png")
    kept = await desk.parts.frontdesk.receive_file(wish, pieces(files.png()))
    return await desk.customer_says("", external_id=key, attachments=(kept.id,))


async def test_a_message_that_waits_is_read_in_its_new_words(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        edits = desk.parts.edits
        first = await desk.customer_says("First", external_id="m1")
        await desk.customer_says("Scond", external_id="m2")
        assert await edits.edited("web", "m2", "Second") is Edit.IN_TIME
        await desk.bot_answers("To the first.")
        assert desk.engine.asked[0][0].text == "Second"
        messages = await desk.messages(first.conversation)
        assert messages[1].text == "Second"
        assert messages[1].edited_at is not None


async def test_a_question_that_is_being_asked_is_asked_anew_and_answered_once(
    tmp_path: Path,
) -> None:
    async with open_desk(tmp_path) as desk:
        receipt = await desk.customer_says("Frst", external_id="m1")
        assert await desk.parts.edits.edited("web", "m1", "First") is Edit.IN_TIME
        await desk.settle()
        old, new = (request for request, _ in desk.engine.asked)
        assert (old.text, new.text) == ("Frst", "First")
        assert old.key != new.key
        desk.engine.reply(1, answer("Right."))
        desk.engine.reply(0, answer("Wrong."))
        await desk.settle()
        said = [message.text for message in await desk.messages(receipt.conversation)]
        assert said[:2] == ["First", "Right."]
        assert "Wrong." not in said
        assert await desk.parts.edits.edited("web", "m1", "First!") is Edit.TOO_LATE
        assert desk.engine.asked == []


async def test_what_is_no_edit_changes_nothing(tmp_path: Path) -> None:
    async with open_desk(tmp_path, max_text_length=20) as desk:
        edits = desk.parts.edits
        receipt = await desk.customer_says("Hello", external_id="m1")
        assert await edits.edited("web", "m1", " Hello ") is Edit.UNCHANGED
        assert await edits.edited("web", "m9", "Hi") is Edit.UNKNOWN
        assert await edits.edited("slack", "m1", "Hi") is Edit.UNKNOWN
        with pytest.raises(EmptyText):
            await edits.edited("web", "m1", "  ")
        with pytest.raises(TextTooLong):
            await edits.edited("web", "m1", "x" * 21)
        (message,) = await desk.messages(receipt.conversation)
        assert (message.text, message.edited_at) == ("Hello", None)


async def test_what_should_not_be_kept_is_hidden_in_an_edit_too(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        receipt = await desk.customer_says("My card", external_id="m1")
        await desk.parts.edits.edited("web", "m1", "My card is 4111 1111 1111 1111")
        (message, *_) = await desk.messages(receipt.conversation)
        assert "4111" not in message.text


async def test_a_withdrawn_message_is_answered_by_nobody_and_the_next_one_is(
    tmp_path: Path,
) -> None:
    async with open_desk(tmp_path) as desk:
        receipt = await desk.customer_says("Secret", external_id="m1")
        await desk.customer_says("Where is my order?", external_id="m2")
        assert await desk.parts.edits.withdrawn("web", "m1") is Edit.IN_TIME
        await desk.settle()
        assert [request.text for request, _ in desk.engine.asked] == [
            "Secret",
            "Where is my order?",
        ]
        desk.engine.reply(0, answer("To the secret."))
        await desk.settle()
        desk.engine.reply(0, answer("On its way."))
        await desk.settle()
        said = [message.text for message in await desk.messages(receipt.conversation)]
        assert said[:3] == ["", "Where is my order?", "On its way."]
        assert "To the secret." not in said
        assert await desk.parts.edits.withdrawn("web", "m1") is Edit.UNCHANGED
        assert await desk.parts.edits.edited("web", "m1", "Back") is Edit.UNKNOWN
        assert "message_withdrawn" in await desk.events(receipt.conversation)


async def test_a_conversation_of_which_nothing_is_left_ends(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        receipt = await desk.customer_says("Never mind", external_id="m1")
        await desk.parts.edits.withdrawn("web", "m1")
        await desk.settle()
        conversation = await desk.conversation(receipt.conversation)
        assert (conversation.status, conversation.closed_as) == ("closed", "by_customer")


async def test_an_agents_conversation_stays_theirs(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        receipt = await desk.customer_asks_for_human(external_id="m1")
        agent = await desk.add_agent()
        epoch = (await desk.conversation(receipt.conversation)).epoch
        await desk.handoffs.claim(agent, receipt.conversation, epoch=epoch)
        assert await desk.parts.edits.withdrawn("web", "m1") is Edit.TOO_LATE
        assert (await desk.conversation(receipt.conversation)).status == "with_agent"


async def test_what_is_for_people_alone_is_not_the_bots(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        receipt = await desk.customer_says("Hello", external_id="m1")
        await desk.bot_answers("Hi.")
        await desk.customer_says("Psst, Ada", external_id="m2", for_bot=False)
        assert desk.engine.asked == []
        texts = [message.text for message in await desk.messages(receipt.conversation)]
        assert texts[-1] == "Psst, Ada"


async def test_files_alone_that_get_words_are_heard(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        await desk.customer_says("Where is my order?", external_id="m1")
        receipt = await sends_a_file(desk, "m2")
        edits = desk.parts.edits
        assert await edits.edited("web", "m2", "For Bob", for_bot=False) is Edit.TOO_LATE
        assert [request.text for request, _ in desk.engine.asked] == ["Where is my order?"]
        await sends_a_file(desk, "m3")
        assert await edits.edited("web", "m3", "This one") is Edit.IN_TIME
        await desk.bot_answers("On its way.")
        assert [request.text for request, _ in desk.engine.asked] == ["This one"], "its turn came"
        assert await edits.edited("web", "m3", "This one!") is Edit.IN_TIME
        await desk.settle()
        desk.engine.reply(1, answer("I see."))
        await desk.settle()
        assert await edits.edited("web", "m3", "That one") is Edit.TOO_LATE
        said = [message.text for message in await desk.messages(receipt.conversation)]
        assert said.count("I see.") == 1
