"""After a conversation: a comment beside the stars, and a copy to keep."""

import pytest

from bot.handoff.service import Reply
from bot.survey.repository import survey_of
from tests.connectors.telegram.fake import ANNA, GROUP, Call, FakeTelegram
from tests.connectors.telegram.test_commands import MARYSIA, agent_of, claimed, epoch_of, status_of
from tests.server import Server

pytestmark = pytest.mark.asyncio


async def rated(server: Server, fake: FakeTelegram) -> tuple[str, Call]:
    """A conversation that is over and has its stars; its id, and the thanks."""
    await fake.says("delivery?")
    await fake.wait_for("Two working days.")
    there: str = (await status_of(server)).conversation
    await fake.says("/end")
    await fake.presses(await fake.wait_for("How do you rate"), "4 ⭐")
    return there, await fake.wait_for_call("editMessageText")


def reply_to(asked: Call) -> dict[str, object]:
    """The fields of a message that replies to this one of the bot's."""
    message = asked.given["message_id"]
    chat = {"id": asked.given["chat_id"], "type": "private"}
    bot = {"id": 4242, "is_bot": True, "first_name": "Desk"}
    return {
        "reply_to_message": {
            "message_id": message,
            "date": asked.given["date"],
            "chat": chat,
            "from": bot,
        }
    }


async def comment_of(server: Server, conversation: str) -> str | None:
    async with server.app.state.parts.db.read() as session:
        found = await survey_of(session, conversation)
        assert found is not None
        return found.comment


async def test_a_comment_is_added_to_the_stars_once_and_is_no_message(
    server: Server, fake: FakeTelegram
) -> None:
    there, thanks = await rated(server, fake)
    await fake.presses(thanks, "✍️ Add a comment")
    asked = await fake.wait_for("What should we know about it?")
    assert asked.given["reply_markup"] == {"force_reply": True}
    said = await fake.says("Card 4111 1111 1111 1111, quick help", **reply_to(asked))
    await fake.wait_for("your comment is kept with your rating")
    assert await comment_of(server, there) == "Card •••, quick help"
    # The same update again; then a second opinion.
    await fake.send(message=said)
    await fake.until_confirmed()
    await fake.says("no, slow", **reply_to(asked))
    await fake.wait_for("This conversation cannot be rated (any more).")
    assert await comment_of(server, there) == "Card •••, quick help"
    assert len(server.engine.requests) == 1
    assert (await status_of(server)).conversation == there


async def test_a_comment_that_is_too_long_is_asked_for_again(
    server: Server, fake: FakeTelegram
) -> None:
    there, thanks = await rated(server, fake)
    await fake.presses(thanks, "✍️ Add a comment")
    await fake.says("x" * 1001, **reply_to(await fake.wait_for("What should we know")))
    again = await fake.wait_for("a comment may have 1000 characters")
    assert again.given["reply_markup"] == {"force_reply": True}
    await fake.says("Fine.", **reply_to(again))
    await fake.wait_for("your comment is kept")
    assert await comment_of(server, there) == "Fine."


async def test_a_copy_holds_what_was_said_and_no_note(server: Server, fake: FakeTelegram) -> None:
    parts, agent = server.app.state.parts, await agent_of(server)
    await fake.says("where is my order?")
    await fake.wait_for("Two working days.")
    there = await claimed(server, fake, agent)
    await parts.handoffs.note(agent, there, "He is nice")
    await parts.handoffs.reply(agent, there, Reply("**Soon**", await epoch_of(server, there), "k"))
    await fake.wait_for("Soon")
    await fake.says("/copy")
    call = await fake.wait_for_call("sendDocument")
    assert int(call.given["chat_id"]) == ANNA["id"]
    assert call.text == "Here is our conversation."
    (content,) = call.files.values()
    words = content.decode()
    assert "You\nwhere is my order?" in words
    assert "Ola\nSoon" in words
    assert "He is nice" not in words


async def test_after_the_stars_a_copy_is_a_press_away_also_in_polish(
    server: Server, fake: FakeTelegram
) -> None:
    await fake.says("dostawa?", who=MARYSIA)
    await fake.wait_for("Two working days.", chat=88)
    await fake.says("/end", who=MARYSIA)
    await fake.presses(await fake.wait_for("Jak oceniasz tę rozmowę?"), "5 ⭐", who=MARYSIA)
    thanks = await fake.wait_for_call("editMessageText")
    await fake.presses(thanks, "📄 Kopia rozmowy", who=MARYSIA)
    call = await fake.wait_for_call("sendDocument")
    assert call.text == "Oto zapis naszej rozmowy."
    assert "Ty\ndostawa?" in next(iter(call.files.values())).decode()


async def test_without_a_conversation_there_is_nothing_to_copy(
    server: Server, fake: FakeTelegram
) -> None:
    await fake.says("/copy")
    await fake.wait_for("There is no conversation yet that I could copy.")


async def test_no_copy_is_handed_out_in_a_group_nor_to_anybody_else(
    server: Server, fake: FakeTelegram
) -> None:
    there, thanks = await rated(server, fake)
    await fake.says("/copy@desk_bot", chat={"id": GROUP, "type": "supergroup", "title": "Office"})
    await fake.wait_for("I do that in a private chat", chat=GROUP)
    wanted = thanks.key("📄 Copy of the conversation")["callback_data"]
    assert there.replace("-", "") in wanted
    in_group = Call("sendMessage", {"chat_id": GROUP, "message_id": 5})
    await fake.press_data(in_group, wanted)
    others = Call("sendMessage", {"chat_id": 88, "message_id": 6})
    await fake.press_data(others, wanted, who=MARYSIA)
    await fake.wait_for_call("answerCallbackQuery", times=3)
    assert all(call.given["show_alert"] for call in fake.called("answerCallbackQuery")[1:])
    assert fake.called("sendDocument") == []
