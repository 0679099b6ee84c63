"""Everything that the inbox asks of the database, but for which conversations are in a list."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.accounts.models import Agent, ReadMark
from bot.channel import AuthorKind
from bot.conversations.models import Conversation, Customer, Message, Turn
from bot.conversations.state import Status
from bot.handoff.queries import last_seq, latest_intent, waiting_since
from bot.inbox.views import Row
from bot.merged.person import Person
from bot.merged.repository import persons
from bot.outbox.repository import dead_letters_of


async def rows_of(
    session: AsyncSession, agent: Agent, ids: Sequence[str], *, shows_unread: bool
) -> list[Row]:
    """The conversations as rows of a list, in the order of `ids`; those at other desks left out.

    Columns, not objects: a row needs a few of them, and the dialogue state alone is kilobytes.
    """
    found = await session.execute(_ROWS, {"me": agent.id, "ids": list(ids)})
    there = [row for row in found if row.desk in agent.desks]
    kept = {row.customer_id: row.kept_id or row.customer_id for row in there}
    several = await persons(session, kept, agent.desks) if kept else {}
    rows = {
        row.id: _row(row, several.get(row.customer_id), shows_unread=shows_unread) for row in there
    }
    return [rows[id_] for id_ in ids if id_ in rows]


# `Any`: a row of `_ROWS`.
def _row(row: Any, person: Person | None, *, shows_unread: bool) -> Row:
    files = ", ".join(file["name"] for file in row.attachments or ())
    return Row(
        id=row.id,
        epoch=row.epoch,
        customer=person.called if person else row.name or row.email or row.phone,
        visitor_code=(person.id if person else row.customer_id)[:4].upper(),
        desk=row.desk,
        status=row.status,
        language=row.language,
        intent=row.intent,
        words=row.text or files,
        agent_id=row.agent_id,
        agent_name=row.agent_name,
        waiting_since=waiting_since(row, customer_spoke_last=row.customer_seq > row.agent_seq),
        reply_due_at=row.reply_due_at,
        at=row.closed_at or row.updated_at,
        is_unread=shows_unread and row.customer_seq > row.read_seq,
        due_at=row.due_at if row.status is Status.SNOOZED else None,
        customer_seq=row.customer_seq,
    )


def visitor_code(customer: Customer) -> str:
    """Tells nameless visitors apart."""
    return customer.id[:4].upper()


def _rows() -> Select[*tuple[Any, ...]]:
    """Asked for each list, so built once; `Any`: as many columns as a row needs."""
    last = aliased(Message)
    return (
        select(
            Conversation.id,
            Conversation.customer_id,
            Conversation.desk,
            Conversation.status,
            Conversation.epoch,
            Conversation.language,
            Conversation.agent_id,
            Conversation.agent_name,
            Conversation.queued_at,
            Conversation.due_at,
            Conversation.reply_due_at,
            Conversation.last_customer_at,
            Conversation.closed_at,
            Conversation.updated_at,
            Customer.name,
            Customer.email,
            Customer.phone,
            Customer.kept_id,
            last.text,
            last.attachments,
            func.coalesce(last.seq, 0).label("customer_seq"),
            func.coalesce(last_seq(AuthorKind.AGENT), 0).label("agent_seq"),
            func.coalesce(ReadMark.seq, 0).label("read_seq"),
            latest_intent().label("intent"),
        )
        .join(Customer, Customer.id == Conversation.customer_id)
        .outerjoin(
            last,
            and_(
                last.conversation_id == Conversation.id,
                last.seq == last_seq(AuthorKind.CUSTOMER),
            ),
        )
        .outerjoin(
            ReadMark,
            and_(ReadMark.conversation_id == Conversation.id, ReadMark.agent_id == bindparam("me")),
        )
        .where(Conversation.id.in_(bindparam("ids", expanding=True)))
    )


_ROWS = _rows()


async def find_conversation(
    session: AsyncSession, agent: Agent, conversation_id: str
) -> tuple[Conversation, Customer] | None:
    """The conversation with its customer, if it is at one of the agent's desks."""
    found = await session.execute(
        select(Conversation, Customer)
        .join(Customer, Customer.id == Conversation.customer_id)
        .where(Conversation.id == conversation_id, Conversation.desk.in_(agent.desks))
    )
    row = found.first()
    return None if row is None else (row[0], row[1])


async def undelivered_in(session: AsyncSession, conversation_id: str) -> frozenset[int]:
    """The numbers of the messages that could not be delivered."""
    return frozenset(row.seq for row in await dead_letters_of(session, conversation_id))


async def turn_about(session: AsyncSession, conversation_id: str, seq: int) -> Turn | None:
    """What the bot made of this message."""
    return await session.scalar(
        select(Turn).where(Turn.conversation_id == conversation_id, Turn.message_seq == seq)
    )


async def seen_by(session: AsyncSession, agent: Agent, conversation_id: str) -> tuple[int, bool]:
    """The last message that the agent has seen; whether it is theirs, and they do not know."""
    of_them = and_(ReadMark.conversation_id == Conversation.id, ReadMark.agent_id == agent.id)
    is_new = and_(Conversation.given_unseen, Conversation.agent_id == agent.id)
    found = await session.execute(
        select(func.coalesce(ReadMark.seq, 0), is_new)
        .select_from(Conversation)
        .outerjoin(ReadMark, of_them)
        .where(Conversation.id == conversation_id)
    )
    row = found.first()
    return (0, False) if row is None else (row[0], bool(row[1]))


async def keep_read_mark(
    session: AsyncSession, agent: Agent, conversation_id: str, seq: int
) -> None:
    """Notes that the agent has seen everything up to `seq`; the caller holds the conversation."""
    mark = await session.get(ReadMark, (agent.id, conversation_id))
    if mark is None:
        session.add(ReadMark(agent_id=agent.id, conversation_id=conversation_id, seq=seq))
    else:
        mark.seq = max(mark.seq, seq)
