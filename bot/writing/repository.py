"""What is asked of the database about what agents write."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import CursorResult, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.accounts.models import Agent
from bot.channel import AuthorKind
from bot.conversations.models import Conversation, Customer, Message, Turn
from bot.writing.models import Draft, HeldReply, SavedReply, Viewer, WritingChoice

LATEST_TURNS = 60
LATEST_ANSWERS = 6


async def draft_of(
    session: AsyncSession, agent_id: str, conversation_id: str, kind: str
) -> Draft | None:
    """The agent's draft."""
    return await session.get(Draft, (agent_id, conversation_id, kind))


async def drafts_of(session: AsyncSession, agent_id: str, conversation_id: str) -> dict[str, Draft]:
    """The agent's drafts in this conversation, by kind."""
    found = await session.scalars(
        select(Draft).where(Draft.agent_id == agent_id, Draft.conversation_id == conversation_id)
    )
    return {draft.kind: draft for draft in found}


async def forget_draft(
    session: AsyncSession, agent_id: str, conversation_id: str, kind: str
) -> bool:
    """Whether there was one."""
    done = await session.execute(
        delete(Draft).where(
            Draft.agent_id == agent_id,
            Draft.conversation_id == conversation_id,
            Draft.kind == kind,
        )
    )
    return isinstance(done, CursorResult) and done.rowcount > 0


async def forget_drafts_before(session: AsyncSession, agent_id: str, at: datetime) -> None:
    """Of this agent, what nobody has gone on with since."""
    await session.execute(delete(Draft).where(Draft.agent_id == agent_id, Draft.updated_at < at))


async def customer_words_after(
    session: AsyncSession, conversation_id: str, seq: int
) -> Sequence[Message]:
    """What the customer has written since message `seq`, oldest first."""
    found = await session.scalars(
        select(Message)
        .where(
            Message.conversation_id == conversation_id,
            Message.seq > seq,
            Message.author_kind == AuthorKind.CUSTOMER,
        )
        .order_by(Message.seq)
    )
    return found.all()


async def held_in(session: AsyncSession, conversation_id: str) -> HeldReply | None:
    """The reply that is on its way out."""
    return await session.get(HeldReply, conversation_id)


async def undo_seconds_of(session: AsyncSession, agent_id: str) -> int | None:
    """The agent's own choice; None: none was made."""
    choice = await session.get(WritingChoice, agent_id)
    return None if choice is None else choice.undo_seconds


async def choose_undo(session: AsyncSession, agent_id: str, seconds: int) -> None:
    """The agent's own choice from now on."""
    choice = await session.get(WritingChoice, agent_id)
    if choice is None:
        session.add(WritingChoice(agent_id=agent_id, undo_seconds=seconds))
    else:
        choice.undo_seconds = seconds


async def saved_of(session: AsyncSession, desks: Collection[str]) -> Sequence[SavedReply]:
    """The saved replies of these desks, by shortcut."""
    found = await session.scalars(
        select(SavedReply)
        .where(SavedReply.desk.in_(desks))
        .order_by(SavedReply.desk, SavedReply.shortcut)
    )
    return found.all()


async def saved_by_id(session: AsyncSession, id: str) -> SavedReply | None:
    """That one."""
    return await session.get(SavedReply, id)


async def saved_by_shortcut(session: AsyncSession, desk: str, shortcut: str) -> SavedReply | None:
    """The desk's own under this shortcut."""
    return await session.scalar(
        select(SavedReply).where(SavedReply.desk == desk, SavedReply.shortcut == shortcut)
    )


async def said_by_us(session: AsyncSession, conversation_id: str) -> frozenset[str]:
    """What the customer was told already, by the bot or an agent."""
    found = await session.scalars(
        select(Message.text).where(
            Message.conversation_id == conversation_id,
            Message.author_kind.in_((AuthorKind.BOT, AuthorKind.AGENT)),
        )
    )
    return frozenset(found)


async def answers_to(
    session: AsyncSession, conversation: Conversation, intent: str
) -> list[tuple[str, str | None]]:
    """What agents of the desk answered first to this intent elsewhere, in the same language, with
    the name of whom they wrote to; the newest first."""
    turns = (
        select(Turn.conversation_id, Turn.message_seq, Turn.id)
        .where(Turn.intent == intent, Turn.conversation_id != conversation.id)
        .order_by(Turn.id.desc())
        .limit(LATEST_TURNS)
        .subquery()
    )
    earlier = aliased(Message)
    first = (
        select(func.min(earlier.seq))
        .where(
            earlier.conversation_id == turns.c.conversation_id,
            earlier.author_kind == AuthorKind.AGENT,
            earlier.seq > turns.c.message_seq,
        )
        .correlate(turns)
        .scalar_subquery()
    )
    found = await session.execute(
        select(Message.text, Customer.name)
        .join(turns, turns.c.conversation_id == Message.conversation_id)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .join(Customer, Customer.id == Conversation.customer_id)
        .where(
            Message.seq == first,
            Conversation.desk == conversation.desk,
            Conversation.language == conversation.language,
        )
        .order_by(turns.c.id.desc())
        .limit(LATEST_ANSWERS)
    )
    return [(text, name) for text, name in found]


async def viewer(session: AsyncSession, conversation_id: str, agent_id: str) -> Viewer | None:
    """The agent, as somebody who looks at this conversation."""
    return await session.get(Viewer, (conversation_id, agent_id))


async def viewers_of(
    session: AsyncSession, conversation_id: str, *, since: datetime
) -> list[tuple[Viewer, str]]:
    """Who has it on the screen, with their names."""
    found = await session.execute(
        select(Viewer, Agent.name)
        .join(Agent, Agent.id == Viewer.agent_id)
        .where(Viewer.conversation_id == conversation_id, Viewer.seen_at > since)
        .order_by(Agent.name)
    )
    return [(row, name) for row, name in found]


async def forget_viewer(
    session: AsyncSession, agent_id: str, *, of: str | None = None, before: datetime | None = None
) -> bool:
    """The agent left that conversation, or all that were last looked at before; whether any was."""
    gone = delete(Viewer).where(Viewer.agent_id == agent_id)
    if of is not None:
        gone = gone.where(Viewer.conversation_id == of)
    if before is not None:
        gone = gone.where(Viewer.seen_at < before)
    done = await session.execute(gone)
    return isinstance(done, CursorResult) and done.rowcount > 0
