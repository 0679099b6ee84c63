"""Everything that the inbox asks of the database."""

from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    UnaryExpression,
    and_,
    func,
    literal_column,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.accounts.models import Agent, ReadMark
from bot.channel import AuthorKind
from bot.conversations.models import Conversation, Customer, Message, Turn
from bot.conversations.state import OWNER, Owner, Status
from bot.handoff.queries import latest_intent, waiting_since
from bot.inbox.views import Row, View
from bot.outbox.repository import with_dead_letters

ROWS = 60
COUNT_UP_TO = 100
# Spelled out in the statement, so that both databases see that their partial indexes fit: without
# them, the newest closed of a million take a third of a second to find.
_IS_BOTS = Conversation.status == literal_column("'bot'")
_IS_CLOSED = Conversation.status == literal_column("'closed'")
AGENTS_OWN = [status for status in Status if OWNER[status] is Owner.AGENT]


async def count_views(session: AsyncSession, agent: Agent) -> dict[View, int]:
    """How many conversations each view holds, counted up to COUNT_UP_TO."""
    counts = {}
    for view in View:
        some = select(Conversation.id).where(*_of_view(agent, view)).limit(COUNT_UP_TO).subquery()
        counts[view] = await session.scalar(select(func.count()).select_from(some)) or 0
    return counts


async def list_view(session: AsyncSession, agent: Agent, view: View) -> list[Row]:
    """The view's conversations, the one to look at first on top."""
    last = aliased(Message)
    found = await session.execute(
        select(
            Conversation,
            Customer,
            last.text,
            last.attachments,
            func.coalesce(last.seq, 0).label("customer_seq"),
            func.coalesce(_last_seq(AuthorKind.AGENT), 0).label("agent_seq"),
            func.coalesce(ReadMark.seq, 0).label("read_seq"),
            latest_intent().label("intent"),
        )
        .join(Customer, Customer.id == Conversation.customer_id)
        .outerjoin(
            last,
            and_(
                last.conversation_id == Conversation.id,
                last.seq == _last_seq(AuthorKind.CUSTOMER),
            ),
        )
        .outerjoin(
            ReadMark,
            and_(ReadMark.conversation_id == Conversation.id, ReadMark.agent_id == agent.id),
        )
        .where(*_of_view(agent, view))
        .order_by(*_order(view))
        .limit(ROWS)
    )
    return [
        Row(
            id=row.id,
            customer=customer.name or customer.email or customer.phone,
            visitor_code=visitor_code(customer),
            desk=row.desk,
            status=row.status,
            language=row.language,
            intent=intent,
            words=words or ", ".join(file["name"] for file in files or ()),
            agent_name=row.agent_name,
            waiting_since=waiting_since(row, customer_spoke_last=customer_seq > agent_seq),
            reply_due_at=row.reply_due_at,
            at=row.closed_at or row.updated_at,
            is_unread=view in (View.QUEUE, View.MINE) and customer_seq > read_seq,
        )
        for row, customer, words, files, customer_seq, agent_seq, read_seq, intent in found
    ]


def visitor_code(customer: Customer) -> str:
    """Tells nameless visitors apart."""
    return customer.id[:4].upper()


def _of_view(agent: Agent, view: View) -> list[ColumnElement[bool]]:
    at_own_desks = Conversation.desk.in_(agent.desks)
    match view:
        case View.QUEUE:
            return [at_own_desks, Conversation.status == Status.QUEUED]
        case View.MINE:
            return [
                at_own_desks,
                Conversation.agent_id == agent.id,
                Conversation.status.in_(AGENTS_OWN),
            ]
        case View.BOT:
            return [at_own_desks, _IS_BOTS]
        case View.CLOSED:
            return [at_own_desks, _IS_CLOSED]
        case View.UNDELIVERED:
            return [at_own_desks, Conversation.id.in_(with_dead_letters())]


def _order(view: View) -> list[UnaryExpression[int] | UnaryExpression[datetime | None]]:
    match view:
        case View.QUEUE:
            return [Conversation.priority.desc(), Conversation.queued_at.asc()]
        case View.MINE | View.BOT | View.UNDELIVERED:
            return [Conversation.last_customer_at.desc()]
        case View.CLOSED:
            return [Conversation.closed_at.desc()]


def _last_seq(author: AuthorKind) -> ScalarSelect[int]:
    """The newest message of such an author; read backwards along the index, it stops at once."""
    line = aliased(Message)
    return (
        select(line.seq)
        .where(line.conversation_id == Conversation.id, line.author_kind == author)
        .order_by(line.seq.desc())
        .limit(1)
        .correlate(Conversation)
        .scalar_subquery()
    )


async def newest_arrivals(
    session: AsyncSession, agent: Agent
) -> tuple[datetime | None, datetime | None]:
    """When the newest conversation came into the queue, and when one of the agent's customers
    wrote last."""
    queued = await session.scalar(
        select(func.max(Conversation.queued_at)).where(*_of_view(agent, View.QUEUE))
    )
    wrote = await session.scalar(
        select(func.max(Conversation.last_customer_at)).where(*_of_view(agent, View.MINE))
    )
    return queued, wrote


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


async def asked_seqs(session: AsyncSession, conversation_id: str, *, after: int) -> frozenset[int]:
    """Which of the later messages the bot was asked about."""
    found = await session.scalars(
        select(Turn.message_seq).where(
            Turn.conversation_id == conversation_id, Turn.message_seq > after
        )
    )
    return frozenset(found)


async def turn_about(session: AsyncSession, conversation_id: str, seq: int) -> Turn | None:
    """What the bot made of this message."""
    return await session.scalar(
        select(Turn).where(Turn.conversation_id == conversation_id, Turn.message_seq == seq)
    )


async def read_up_to(session: AsyncSession, agent: Agent, conversation_id: str) -> int:
    """The last message that the agent has seen."""
    mark = await session.get(ReadMark, (agent.id, conversation_id))
    return 0 if mark is None else mark.seq


async def keep_read_mark(
    session: AsyncSession, agent: Agent, conversation_id: str, seq: int
) -> None:
    """Notes that the agent has seen everything up to `seq`; the caller holds the conversation."""
    mark = await session.get(ReadMark, (agent.id, conversation_id))
    if mark is None:
        session.add(ReadMark(agent_id=agent.id, conversation_id=conversation_id, seq=seq))
    else:
        mark.seq = max(mark.seq, seq)
