"""What agents keep with an open conversation, loaded for its page."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.models import Agent
from bot.conversations.models import Conversation, Event
from bot.records import repository
from bot.records.models import Block, Brief, FieldValue, HandoffRating, Label, Merge


@dataclass(frozen=True)
class OpenQuestion:
    """A question to a colleague that waits for its answer."""

    id: int
    to_name: str
    by_name: str
    words: str
    is_mine: bool  # to answer


@dataclass(frozen=True)
class Records:
    """All of it, for one agent."""

    labels: Sequence[Label]
    field_values: dict[str, FieldValue]
    handed: Event | None  # how it came to whoever has it
    rating: HandoffRating | None
    brief: Brief | None
    questions: Sequence[OpenQuestion]
    block: Block | None
    merged_into: Merge | None
    duplicates: Sequence[Merge]


async def load_records(session: AsyncSession, agent: Agent, conversation: Conversation) -> Records:
    """For an agent who may see the conversation."""
    handed = await repository.latest_handoff(session, conversation.id)
    rating = await repository.rating_of(session, handed.id, agent.id) if handed else None
    labels = await repository.labels_on(session, [conversation.id])
    questions = await repository.open_questions(session, conversation.id)
    return Records(
        labels=labels.get(conversation.id, []),
        field_values=await repository.field_values(session, conversation.id),
        handed=handed,
        rating=rating,
        brief=await repository.latest_brief(session, conversation.id),
        questions=[
            OpenQuestion(one.id, name, one.by_name, words, one.agent_id == agent.id)
            for one, name, words in questions
        ],
        block=await repository.block_on(session, conversation.customer_id),
        merged_into=await repository.merged_into(session, conversation.id),
        duplicates=await repository.duplicates_of(session, conversation.id),
    )
