"""What agents keep with an open conversation, loaded for its page."""

from collections.abc import Container, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.models import Agent
from bot.conversations.models import Conversation, Event
from bot.records import repository
from bot.records.models import (
    Block,
    Brief,
    ConversationLabel,
    FieldValue,
    HandoffRating,
    Label,
    Mention,
    Merge,
)


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


async def load_records(
    session: AsyncSession, agent: Agent, conversation: Conversation, *, there: Container[object]
) -> Records:
    """For an agent who may see the conversation; `there`: of what there may be something."""
    id_ = conversation.id
    handed, rating = await repository.rated_handoff(session, id_, agent.id)
    labels = await repository.labels_on(session, [id_]) if ConversationLabel in there else {}
    questions = await repository.open_questions(session, id_) if Mention in there else ()
    is_merged = Merge in there
    return Records(
        labels=labels.get(id_, []),
        field_values=await repository.field_values(session, id_) if FieldValue in there else {},
        handed=handed,
        rating=rating,
        brief=await repository.latest_brief(session, id_) if Brief in there else None,
        questions=[
            OpenQuestion(one.id, name, one.by_name, words, one.agent_id == agent.id)
            for one, name, words in questions
        ],
        block=(
            await repository.block_on(session, conversation.customer_id) if Block in there else None
        ),
        merged_into=await repository.merged_into(session, id_) if is_merged else None,
        duplicates=await repository.duplicates_of(session, id_) if is_merged else (),
    )
