"""One card for each conversation of people, whoever writes it and whoever dies."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.channel.agents import TriageCard
from bot.clock import now
from bot.triage.cards import TriageCards
from bot.triage.models import TriageCardRow
from tests.desk import DESK, TestDesk

pytestmark = pytest.mark.asyncio
PLACES = {DESK: "C1"}


async def settled(desk: TestDesk, cards: TriageCards, card: TriageCard) -> None:
    """As a connector does it: the card shows all there is."""
    case = await desk.parts.triage.case(card.conversation, "en")
    await cards.keep(replace(card, message="1.1", seq=case.last_seq, notes=case.notes))
    await cards.settle(replace(card, as_of=case.as_of), status=case.status)
    await cards.let_go(card.conversation)


async def test_what_is_the_bots_has_no_card_and_what_is_peoples_has_one(desk: TestDesk) -> None:
    cards = desk.parts.triage_cards
    receipt = await desk.customer_says("Hello")
    assert await cards.due(PLACES) == ()
    await desk.customer_asks_for_human()
    assert await cards.due(PLACES) == (receipt.conversation,)
    assert await cards.due({"it-help": "C2"}) == (), "another desk's channel hears nothing"


async def test_one_process_at_a_time_works_on_a_card(desk: TestDesk) -> None:
    ours, theirs = desk.parts.triage_cards, TriageCards(desk.db)
    receipt = await desk.customer_asks_for_human()
    card = await ours.hold(receipt.conversation, PLACES)
    assert card is not None
    assert (card.place, card.message, card.is_in_doubt) == ("C1", None, False)
    assert await theirs.hold(receipt.conversation, PLACES) is None
    assert await theirs.due(PLACES) == ()
    await settled(desk, ours, card)
    assert await theirs.due(PLACES) == ()
    assert await theirs.conversation_of("C1", "1.1") == receipt.conversation
    assert await theirs.conversation_of("C2", "1.1") is None


async def test_every_change_makes_it_due_again(desk: TestDesk) -> None:
    cards, anna = desk.parts.triage_cards, await desk.add_agent()
    receipt = await desk.customer_asks_for_human()
    conversation = receipt.conversation

    async def is_due_after() -> bool:
        card = await cards.hold(conversation, PLACES)
        if card is not None:
            await settled(desk, cards, card)
        return card is not None

    assert await is_due_after()
    assert not await is_due_after()
    await desk.customer_says("Are you there?")
    assert await is_due_after()
    await desk.handoffs.note(anna, conversation, "A note")
    assert await is_due_after()
    epoch = (await desk.conversation(conversation)).epoch
    await desk.handoffs.claim(anna, conversation, epoch=epoch)
    assert await is_due_after()
    await desk.handoffs.return_to_bot(anna, conversation, epoch=epoch + 1)
    assert await is_due_after()
    await desk.customer_says("Bot, hello")
    assert not await is_due_after(), "what the bot hears is told when it is people's again"
    await desk.handoffs.claim(anna, conversation, epoch=epoch + 2)
    assert await is_due_after()
    await desk.handoffs.close(anna, conversation, epoch=epoch + 3)
    assert await cards.due(PLACES) == (conversation,)
    assert await is_due_after()
    assert await cards.due(PLACES) == ()


async def test_the_card_of_a_process_that_died_is_in_doubt(desk: TestDesk) -> None:
    ours, theirs = desk.parts.triage_cards, TriageCards(desk.db)
    receipt = await desk.customer_asks_for_human()
    card = await ours.hold(receipt.conversation, PLACES)
    assert card is not None
    async with desk.db.write() as tx:
        past = now() - timedelta(seconds=1)
        await tx.session.execute(update(TriageCardRow).values(held_until=past))
    taken = await theirs.hold(receipt.conversation, PLACES)
    assert taken is not None
    assert taken.is_in_doubt
    assert not await ours.keep(replace(card, message="9.9")), "it came too late"
    assert await ours.conversation_of("C1", "9.9") is None


async def test_a_card_that_cannot_be_written_waits(desk: TestDesk) -> None:
    cards = desk.parts.triage_cards
    receipt = await desk.customer_asks_for_human()
    assert await cards.hold(receipt.conversation, PLACES) is not None
    await cards.put_off(receipt.conversation, 30, in_doubt=False)
    assert await cards.due(PLACES) == ()
    assert await cards.hold(receipt.conversation, PLACES) is None
    await desk.db.attempt(
        lambda tx: tx.session.execute(update(TriageCardRow).values(held_until=now()))
    )
    card = await cards.hold(receipt.conversation, PLACES)
    assert card is not None
    assert not card.is_in_doubt
