"""Nothing that a customer should not have sent gets past the door."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.handoff.service import Reply
from bot.privacy.mask import HIDDEN
from tests.desk import TestDesk, open_desk

pytestmark = pytest.mark.asyncio

CARD = "4111 1111 1111 1111"


@pytest_asyncio.fixture
async def desk(tmp_path: Path) -> AsyncIterator[TestDesk]:
    async with open_desk(tmp_path) as opened:
        yield opened


async def test_a_card_number_is_neither_stored_nor_sent_anywhere(
    desk: TestDesk, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    receipt = await desk.customer_says(f"I paid with {CARD}, password: Kot123")
    assert desk.engine.requests[0].text == f"I paid with {HIDDEN}, password: {HIDDEN}"
    await desk.bot_answers("Thank you.")
    mine, told, *_ = await desk.messages(receipt.conversation)
    assert mine.text == f"I paid with {HIDDEN}, password: {HIDDEN}"
    assert told.author_kind == "system"
    assert "payment card data, password or PIN" in told.text
    kept = await asyncio.to_thread(everything_in, tmp_path)
    assert b"1111 1111" not in kept
    assert b"Kot123" not in kept
    assert "1111 1111" not in "".join(capfd.readouterr())


def everything_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir())


async def test_the_customer_is_told_in_their_language_and_once(desk: TestDesk) -> None:
    inbound = desk.inbound(f"karta {CARD}", language="pl")
    for _ in range(2):
        receipt = await desk.parts.frontdesk.receive_customer_message(inbound)
    told = [line for line in await desk.messages(receipt.conversation) if line.seq > 1]
    assert [line.text for line in told] == [
        "Dla bezpieczeństwa ukryliśmy w wiadomości: dane karty płatniczej. "
        "Prosimy nie wysyłać tu takich danych; na czacie nikt ich nie potrzebuje."
    ]


async def test_it_is_hidden_from_agents_too_and_their_own_words_are_theirs(desk: TestDesk) -> None:
    anna = await desk.add_agent()
    receipt = await desk.customer_asks_for_human()
    await desk.customer_says(CARD)
    conversation = await desk.conversation(receipt.conversation)
    await desk.handoffs.claim(anna, conversation.id, epoch=conversation.epoch)
    epoch = (await desk.conversation(conversation.id)).epoch
    await desk.handoffs.reply(anna, conversation.id, Reply(f"Our test card is {CARD}", epoch, "k"))
    texts = [line.text for line in await desk.messages(conversation.id)]
    assert HIDDEN in texts
    assert CARD not in texts
    assert texts[-1] == f"Our test card is {CARD}"


async def test_names_and_pages_are_left_alone(desk: TestDesk) -> None:
    context = {"url": "https://shop.example/?q=4111111111111111"}
    receipt = await desk.customer_says("Hello, order 10482", context=context)
    assert (await desk.conversation(receipt.conversation)).context == context
    assert len(await desk.messages(receipt.conversation)) == 1
