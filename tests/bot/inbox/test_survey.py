"""What agents see of a customer's opinion, and how they keep spammers from having one."""

import pytest

from bot.channel import Author, AuthorKind, Rating
from bot.conversations import repository
from bot.conversations.service import Conversations
from tests.inbox import Office

pytestmark = pytest.mark.asyncio

MARKUP = "<script>alert(1)</script> kind"


async def answered(office: Office) -> str:
    """A conversation in the queue in which the bot spoke."""
    there = await office.customer_says("Hello?")
    conversations: Conversations = office.parts.frontdesk._conversations
    async with office.parts.db.write() as tx:
        conversation = await repository.lock_conversation(tx.session, there)
        assert conversation is not None
        await conversations.say(tx, conversation, Author(AuthorKind.BOT), "Hello!")
    await office.settle()
    return there


async def test_the_opinion_stands_on_the_card_as_text(office: Office) -> None:
    anna = await office.hire()
    there = await answered(office)
    assert "What the customer thinks" not in await anna.page(f"/inbox/conversations/{there}")
    await anna.act(there, "close", epoch=await office.epoch(there))
    await office.parts.surveys.rate("web", "t1", Rating(there, {"bot": 4}, MARKUP))
    page = await anna.page(f"/inbox/conversations/{there}")
    assert "What the customer thinks" in page
    assert "4 of 5" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; kind" in page
    assert MARKUP not in page
    assert "The agents</dt>" not in page, "no agent wrote, so none was rated"


async def test_spam_is_closed_without_a_survey(office: Office) -> None:
    anna = await office.hire()
    there = await answered(office)
    assert 'id="do-spam"' in await anna.page(f"/inbox/conversations/{there}")
    await anna.act(there, "spam", epoch=await office.epoch(there))
    conversation = await office.conversation(there)
    assert (conversation.status, conversation.closed_as) == ("closed", "spam")
    assert (await office.parts.surveys.offer("web", "t1", there)).parts == ()
    page = await anna.page(f"/inbox/conversations/{there}")
    assert 'id="do-spam"' not in page
    assert '<span class="badge is-closed">Spam</span>' in page
