"""The customer needs no more: /end, from the menu or by hand."""

import pytest

from tests.connectors.telegram.fake import FakeTelegram
from tests.connectors.telegram.test_commands import MARYSIA, agent_of, epoch_of, status_of
from tests.server import Server

pytestmark = pytest.mark.asyncio


async def test_the_end_asks_nothing_is_told_and_the_stars_follow(
    server: Server, fake: FakeTelegram
) -> None:
    await fake.says("delivery?")
    await fake.wait_for("Two working days.")
    ended = await fake.says("/end")
    stars = await fake.wait_for("How do you rate")
    assert "5 ⭐" in [key["text"] for key in stars.keys]
    _, told, _ = fake.sent()
    assert told.text.startswith("This conversation is closed.")
    assert told.keys == []
    assert (await status_of(server)).status == "closed"
    await fake.send(message=ended)  # the same update again says nothing more
    await fake.until_confirmed()
    assert len(fake.sent()) == 3
    await fake.says("/end")
    await fake.wait_for("No conversation is open.")
    assert len(server.engine.requests) == 1


async def test_a_conversation_with_a_person_is_ended_in_polish(
    server: Server, fake: FakeTelegram
) -> None:
    await fake.says("/human", who=MARYSIA)
    await fake.wait_for("kolejce", chat=88)
    there = (await status_of(server, "88")).conversation
    handoffs, agent = server.app.state.parts.handoffs, await agent_of(server)
    await handoffs.claim(agent, there, epoch=await epoch_of(server, there))
    await fake.wait_for("Ola", chat=88)
    await fake.says("/end", who=MARYSIA)
    await fake.wait_for("Ta rozmowa jest zakończona.", chat=88)
    assert (await status_of(server, "88")).status == "closed"


async def test_the_menu_has_it_in_both_languages(server: Server, fake: FakeTelegram) -> None:
    def of(language: str) -> str:
        (found,) = [one for one in fake.commands[language] if one["command"] == "end"]
        return str(found["description"])

    assert (of("en"), of("pl")) == ("End the conversation", "Zakończ rozmowę")
