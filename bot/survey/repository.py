"""Every question about surveys that is asked of the database."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.models import Conversation, Message
from bot.conversations.state import NOT_RATED
from bot.survey.models import Survey
from bot.survey.rules import Episode


async def survey_of(session: AsyncSession, conversation_id: str) -> Survey | None:
    """What the customer said of this conversation."""
    return await session.get(Survey, conversation_id)


async def surveys_of(session: AsyncSession, conversation_ids: Collection[str]) -> dict[str, Survey]:
    """What the customer said of these conversations, by their ids."""
    found = await session.scalars(
        select(Survey).where(Survey.conversation_id.in_(conversation_ids))
    )
    return {survey.conversation_id: survey for survey in found}


async def episode_of(session: AsyncSession, conversation: Conversation) -> Episode:
    """The conversation as the survey's rules look at it."""
    if conversation.closed_at is None:
        return Episode(None, is_spam=False, authors=(), is_rated=False)
    authors = await session.scalars(
        select(Message.author_kind)
        .where(Message.conversation_id == conversation.id)
        .group_by(Message.author_kind)
    )
    return Episode(
        closed_at=conversation.closed_at,
        is_spam=conversation.closed_as in NOT_RATED,
        authors=frozenset(authors),
        is_rated=await survey_of(session, conversation.id) is not None,
    )
