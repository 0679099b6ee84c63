"""The survey from the closing to the agents' page."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.channel import Rating, SurveyOffer
from bot.clock import now
from bot.conversations.errors import NotFound
from bot.conversations.models import Conversation
from bot.handoff.service import Reply
from bot.survey import repository
from bot.survey.models import Survey
from bot.survey.service import BadRating, SurveyOver
from tests.desk import TestDesk, open_desk

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def desk(tmp_path: Path) -> AsyncIterator[TestDesk]:
    async with open_desk(tmp_path) as opened:
        yield opened


async def closed(desk: TestDesk, *, as_spam: bool = False) -> str:
    """A conversation in which the bot and Anna spoke, closed by Anna."""
    agent = await desk.add_agent()
    receipt = await desk.customer_says("How long does delivery take?")
    await desk.bot_answers("Two days.")
    there = receipt.conversation
    await desk.handoffs.claim(agent, there, epoch=1)

    await desk.handoffs.reply(agent, there, Reply("I am here.", epoch=2, key="r1"))
    close = desk.handoffs.close_as_spam if as_spam else desk.handoffs.close
    await close(agent, there, epoch=2)
    await desk.settle()
    return there


async def offer(desk: TestDesk, there: str) -> SurveyOffer:
    return await desk.parts.surveys.offer("web", "t1", there)


async def rate(desk: TestDesk, there: str, comment: str = "", **scores: int) -> bool:
    receipt = await desk.parts.surveys.rate("web", "t1", Rating(there, scores, comment))
    return receipt.duplicate


async def kept(desk: TestDesk, there: str) -> Survey:
    async with desk.db.read() as session:
        found = await repository.survey_of(session, there)
    assert found is not None
    return found


async def test_bot_and_people_are_rated_apart_with_a_comment(desk: TestDesk) -> None:
    there = await closed(desk)
    assert (await offer(desk, there)).parts == ("bot", "human")
    assert not await rate(desk, there, " Anna was kind ", bot=2, human=5)
    found = await kept(desk, there)
    assert (found.bot_score, found.human_score, found.comment) == (2, 5, "Anna was kind")
    assert (await offer(desk, there)).parts == ()


async def test_one_of_them_is_enough(desk: TestDesk) -> None:
    there = await closed(desk)
    await rate(desk, there, human=1)
    found = await kept(desk, there)
    assert (found.bot_score, found.human_score, found.comment) == (None, 1, None)


async def test_a_second_rating_changes_nothing(desk: TestDesk) -> None:
    there = await closed(desk)
    await rate(desk, there, bot=4)
    assert await rate(desk, there, "again", bot=1, human=1)
    assert (await kept(desk, there)).bot_score == 4
    assert (await desk.events(there)).count("rated") == 1


async def test_nobody_rates_spam_or_what_still_goes_on(desk: TestDesk) -> None:
    receipt = await desk.customer_says("Hello")
    await desk.bot_answers("Hello!")
    with pytest.raises(SurveyOver):
        await rate(desk, receipt.conversation, bot=5)
    await desk.parts.frontdesk.end_conversation("web", "t1", receipt.conversation)
    spam = await closed(desk, as_spam=True)
    assert (await offer(desk, spam)).parts == ()
    with pytest.raises(SurveyOver):
        await rate(desk, spam, bot=5)


async def test_after_a_week_it_is_too_late(desk: TestDesk) -> None:
    there = await closed(desk)
    async with desk.db.write() as tx:
        conversation = await tx.session.get_one(Conversation, there)
        conversation.closed_at = now() - timedelta(days=7)
    assert (await offer(desk, there)).parts == ()
    with pytest.raises(SurveyOver):
        await rate(desk, there, bot=5)


async def test_nobody_rates_for_another(desk: TestDesk) -> None:
    there = await closed(desk)
    with pytest.raises(NotFound):
        await desk.parts.surveys.offer("web", "t2", there)
    with pytest.raises(NotFound):
        await desk.parts.surveys.rate("web", "t2", Rating(there, {"bot": 1}))


@pytest.mark.parametrize("scores", [{}, {"bot": 0}, {"bot": 6}, {"boss": 3}, {"bot": 3, "x": 1}])
async def test_what_is_no_rating_is_refused(desk: TestDesk, scores: dict[str, int]) -> None:
    there = await closed(desk)
    with pytest.raises(BadRating):
        await desk.parts.surveys.rate("web", "t1", Rating(there, scores))
    assert (await offer(desk, there)).parts == ("bot", "human")


async def test_a_comment_has_a_limit_and_hides_what_nobody_should_see(desk: TestDesk) -> None:
    there = await closed(desk)
    with pytest.raises(BadRating):
        await rate(desk, there, "x" * 1001, bot=3)
    await rate(desk, there, "my card is 4111 1111 1111 1111", bot=3)
    assert (await kept(desk, there)).comment == "my card is •••"


async def test_the_customer_may_end_it(desk: TestDesk) -> None:
    receipt = await desk.customer_says("Hello")
    await desk.bot_answers("Hello!")
    there = receipt.conversation
    end = desk.parts.frontdesk.end_conversation
    await end("web", "t2", there)
    await end("web", "t1", "another")
    assert (await desk.conversation(there)).closed_at is None
    await end("web", "t1", there)
    await end("web", "t1", there)
    conversation = await desk.conversation(there)
    assert (conversation.status, conversation.closed_as) == ("closed", "by_customer")
    assert (await desk.events(there)).count("close") == 1
    assert (await offer(desk, there)).parts == ("bot",)
