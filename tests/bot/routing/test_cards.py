"""Cards from the engine's answer to the transcript, their buttons, and what is said in the log."""

from pathlib import Path
from typing import Any

import pytest
from structlog.testing import CapturingLogger

from bot.channel import Card
from bot.conversations.errors import NotOffered
from bot.routing import answers
from tests.desk import TestDesk, open_desk

pytestmark = pytest.mark.asyncio

BUTTON = {"title": "In a store?", "payload": "/stock"}
CARD = {"title": "Sony", "buttons": [BUTTON]}


async def answered(desk: TestDesk, **reply: Any) -> str:
    receipt = await desk.customer_says("Headphones?")
    await desk.bot_answers(replies=[reply])
    return receipt.conversation


async def test_cards_are_said_and_their_buttons_can_be_pressed(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        conversation = await answered(desk, text="", custom={"cards": [CARD]})
        said = await desk.parts.frontdesk.messages_after("web", "t1", conversation, 1)
        assert [card.title for card in said[0].cards] == ["Sony"]
        await desk.customer_says("In a store?", payload="/stock", offered_in=2)
        assert desk.engine.requests[-1].payload == "/stock"
        with pytest.raises(NotOffered):
            await desk.customer_says("In a store?", payload="/other", offered_in=2)
        assert desk.sender.delivered[0].cards[0] == Card("Sony", buttons=said[0].cards[0].buttons)


async def test_what_is_not_well_made_is_named_in_the_log_and_the_rest_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    logger = CapturingLogger()
    monkeypatch.setattr(answers, "log", logger)
    async with open_desk(tmp_path) as desk:
        custom = {"cards": [{"title": ""}, CARD], "carousel": {"secret": "text"}}
        conversation = await answered(desk, text="Here", custom=custom)
        (call,) = logger.calls
        assert call.args == ("reply.custom_ignored",)
        assert call.kwargs == {
            "conversation": conversation,
            "problems": ["card 1: “title” must be a text of 1 to 200 characters"],
            "unknown": ["carousel"],
        }
        said = (await desk.messages(conversation))[1]
        assert (said.text, len(said.cards or ())) == ("Here", 1)


async def test_a_custom_that_nobody_knows_says_nothing(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        conversation = await answered(desk, text=None, custom={"cards": "none"})
        assert len(await desk.messages(conversation)) == 1


async def test_what_was_a_card_is_said_again_as_a_card(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        conversation = await answered(desk, text="Here", custom={"cards": [CARD]})
        await desk.customer_says("what?")
        await desk.bot_answers(intent="repeat", replies=[{"text": "", "custom": {"repeat": True}}])
        said = [m for m in await desk.messages(conversation) if m.author_kind == "bot"]
        assert said[-1].cards == said[0].cards
