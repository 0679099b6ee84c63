"""Every question about what agents keep that is asked of the database."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import BindParameter, Select, and_, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.models import Agent
from bot.conversations.models import Conversation, Event, Note
from bot.records.models import (
    QUESTION,
    AgentFact,
    Block,
    Brief,
    ConversationLabel,
    FieldValue,
    HandoffRating,
    Label,
    Mention,
    Merge,
)

HANDED = ("hand_off", "hand_over", "change_desk")


async def agent_facts_of(session: AsyncSession, conversation_id: str) -> Sequence[AgentFact]:
    """What agents set, oldest first."""
    found = await session.scalars(
        select(AgentFact).where(AgentFact.conversation_id == conversation_id).order_by(AgentFact.id)
    )
    return found.all()


async def colleagues(session: AsyncSession, desk: str) -> Sequence[Agent]:
    """Who may work at the desk, by name."""
    found = await session.scalars(
        select(Agent).where(Agent.disabled_at.is_(None)).order_by(Agent.name, Agent.id)
    )
    return [agent for agent in found if desk in agent.desks]


async def see_mentions(
    session: AsyncSession, agent_id: str, conversation_id: str, *, at: datetime
) -> bool:
    """The agent has looked at the conversation; whether there was anything new."""
    seen = await session.execute(
        update(Mention)
        .where(
            Mention.agent_id == agent_id,
            Mention.conversation_id == conversation_id,
            Mention.seen_at.is_(None),
        )
        .values(seen_at=at)
        .execution_options(synchronize_session=False)
    )
    return bool(seen.rowcount)  # type: ignore[attr-defined]  # a CursorResult


async def named_in_notes(
    session: AsyncSession, conversation_id: str
) -> dict[str, list[tuple[str, str, str]]]:
    """Note → whom it names: id, name and address of each."""
    rows = await session.execute(
        select(Mention.note_id, Agent.id, Agent.name, Agent.email)
        .join(Agent, Agent.id == Mention.agent_id)
        .where(Mention.conversation_id == conversation_id)
    )
    found: dict[str, list[tuple[str, str, str]]] = {}
    for note_id, *person in rows:
        found.setdefault(note_id, []).append((person[0], person[1], person[2]))
    return found


async def newest_mentions(
    session: AsyncSession, agent_id: str, conversations: Collection[str]
) -> dict[str, tuple[str, str]]:
    """Conversation → id and text of the newest note in it that names the agent."""
    rows = await session.execute(
        select(Mention.conversation_id, Note.id, Note.text)
        .join(Note, Note.id == Mention.note_id)
        .where(Mention.agent_id == agent_id, Mention.conversation_id.in_(conversations))
        .order_by(Mention.at, Mention.id)
    )
    return {conversation: (note, text) for conversation, note, text in rows}


def mentioning(agent_id: str | BindParameter[str]) -> Select[str]:
    """For a question about conversations: the ids of those with a note that names the agent."""
    return select(Mention.conversation_id).where(Mention.agent_id == agent_id)


def labelled(beginning: str, *, is_whole: bool) -> Select[str]:
    """For a question about conversations: those with a label of that key."""
    key = Label.key
    named = key == beginning if is_whole else key.startswith(beginning, autoescape=True)
    return (
        select(ConversationLabel.conversation_id)
        .join(Label, Label.id == ConversationLabel.label_id)
        .where(named)
    )


async def has_unseen_mention(session: AsyncSession, agent_id: str, conversation_id: str) -> bool:
    """Whether a note there names the agent, who has not looked since."""
    found = await session.scalar(
        select(Mention.id)
        .where(
            Mention.agent_id == agent_id,
            Mention.conversation_id == conversation_id,
            Mention.seen_at.is_(None),
        )
        .limit(1)
    )
    return found is not None


async def open_questions(
    session: AsyncSession, conversation_id: str
) -> Sequence[tuple[Mention, str, str]]:
    """Questions that wait for an answer, each with the colleague's name and its words."""
    found = await session.execute(
        select(Mention, Agent.name, Note.text)
        .join(Agent, Agent.id == Mention.agent_id)
        .join(Note, Note.id == Mention.note_id)
        .where(
            Mention.conversation_id == conversation_id,
            Mention.kind == QUESTION,
            Mention.answered_at.is_(None),
        )
        .order_by(Mention.id)
    )
    return [(mention, name, words) for mention, name, words in found]


async def question(session: AsyncSession, conversation_id: str, mention_id: int) -> Mention | None:
    """A question of this conversation."""
    return await session.scalar(
        select(Mention).where(
            Mention.id == mention_id,
            Mention.conversation_id == conversation_id,
            Mention.kind == QUESTION,
        )
    )


async def labels_of_desks(
    session: AsyncSession, desks: Collection[str], *, with_retired: bool = False
) -> Sequence[Label]:
    """The desks' labels, by name."""
    wanted = select(Label).where(Label.desk.in_(desks)).order_by(Label.desk, Label.key)
    if not with_retired:
        wanted = wanted.where(Label.retired_at.is_(None))
    return (await session.scalars(wanted)).all()


async def label(session: AsyncSession, label_id: int) -> Label | None:
    """The label under this number."""
    return await session.get(Label, label_id)


async def label_named(session: AsyncSession, desk: str, key: str) -> Label | None:
    """The desk's label of this folded name, retired ones too."""
    return await session.scalar(select(Label).where(Label.desk == desk, Label.key == key))


async def labels_on(
    session: AsyncSession, conversation_ids: Collection[str]
) -> dict[str, list[Label]]:
    """The labels of these conversations, by name."""
    found = await session.execute(
        select(ConversationLabel.conversation_id, Label)
        .join(Label, Label.id == ConversationLabel.label_id)
        .where(ConversationLabel.conversation_id.in_(conversation_ids))
        .order_by(Label.key)
    )
    by_conversation: dict[str, list[Label]] = {}
    for conversation_id, there in found:
        by_conversation.setdefault(conversation_id, []).append(there)
    return by_conversation


async def take_label_off(session: AsyncSession, conversation_id: str, label_id: int) -> bool:
    """Whether it was there."""
    gone = await session.execute(
        delete(ConversationLabel).where(
            ConversationLabel.conversation_id == conversation_id,
            ConversationLabel.label_id == label_id,
        )
    )
    return bool(gone.rowcount)  # type: ignore[attr-defined]  # a CursorResult


async def field_values(session: AsyncSession, conversation_id: str) -> dict[str, FieldValue]:
    """What agents wrote into the desk's own fields, by key."""
    found = await session.scalars(
        select(FieldValue).where(FieldValue.conversation_id == conversation_id)
    )
    return {row.key: row for row in found}


async def latest_handoff(session: AsyncSession, conversation_id: str) -> Event | None:
    """How the conversation last came to whoever has it: by the bot, or by a colleague."""
    return await session.scalar(
        select(Event)
        .where(Event.conversation_id == conversation_id, Event.kind.in_(HANDED))
        .order_by(Event.id.desc())
        .limit(1)
    )


async def rated_handoff(
    session: AsyncSession, conversation_id: str, agent_id: str
) -> tuple[Event | None, HandoffRating | None]:
    """The latest handoff, and what the agent said of it: one question for both."""
    is_theirs = and_(HandoffRating.handoff_id == Event.id, HandoffRating.agent_id == agent_id)
    found = await session.execute(
        select(Event, HandoffRating)
        .outerjoin(HandoffRating, is_theirs)
        .where(Event.conversation_id == conversation_id, Event.kind.in_(HANDED))
        .order_by(Event.id.desc())
        .limit(1)
    )
    row = found.first()
    return (None, None) if row is None else (row[0], row[1])


async def rating_of(session: AsyncSession, handoff_id: int, agent_id: str) -> HandoffRating | None:
    """What the agent said of this handoff."""
    return await session.scalar(
        select(HandoffRating).where(
            HandoffRating.handoff_id == handoff_id, HandoffRating.agent_id == agent_id
        )
    )


async def brief_for(session: AsyncSession, conversation_id: str, epoch: int) -> Brief | None:
    """What an agent told the bot that owns the conversation since this epoch."""
    return await session.scalar(
        select(Brief).where(Brief.conversation_id == conversation_id, Brief.epoch == epoch)
    )


async def latest_brief(session: AsyncSession, conversation_id: str) -> Brief | None:
    """The newest one, whoever has the conversation now."""
    return await session.scalar(
        select(Brief)
        .where(Brief.conversation_id == conversation_id)
        .order_by(Brief.id.desc())
        .limit(1)
    )


async def block_on(session: AsyncSession, customer_id: str) -> Block | None:
    """The block that holds now."""
    return await session.scalar(
        select(Block).where(Block.customer_id == customer_id, Block.lifted_at.is_(None))
    )


async def merged_into(session: AsyncSession, conversation_id: str) -> Merge | None:
    """In favour of which conversation this one was closed."""
    return await session.get(Merge, conversation_id)


async def duplicates_of(session: AsyncSession, main_id: str) -> Sequence[Merge]:
    """What was closed in favour of this conversation."""
    found = await session.scalars(select(Merge).where(Merge.main_id == main_id).order_by(Merge.at))
    return found.all()


async def others_of(
    session: AsyncSession,
    customers: Collection[str],
    conversation: Conversation,
    desks: Collection[str],
    *,
    limit: int,
) -> Sequence[Conversation]:
    """The other conversations of these customers at these desks, the newest first."""
    found = await session.scalars(
        select(Conversation)
        .where(
            Conversation.customer_id.in_(customers),
            Conversation.id != conversation.id,
            Conversation.desk.in_(desks),
        )
        .order_by(Conversation.created_at.desc())
        .limit(limit)
    )
    return found.all()
