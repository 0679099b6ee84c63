"""What is asked of the database about cards and notes that were written elsewhere."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, literal_column, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.models import Agent
from bot.channel import AuthorKind
from bot.conversations.models import Conversation, Customer, Message, Note
from bot.conversations.state import OWNER, Owner, Status
from bot.outbox.repository import with_dead_letters
from bot.triage.models import NoteSource, TriageCardRow

# With people, so that a triage channel has to know of it.
PEOPLES = [status for status in Status if OWNER[status] in (Owner.QUEUE, Owner.AGENT)]
OPEN = [status for status in Status if status is not Status.CLOSED]

_NOTES = (
    select(func.count())
    .select_from(Note)
    .where(Note.conversation_id == Conversation.id)
    .correlate(Conversation)
    .scalar_subquery()
)


def _is_due(places: Mapping[str, str]) -> ColumnElement[bool]:
    """A conversation of people has a card, and each card says how its conversation stands.

    What is said while the bot has it is told once it is people's again.
    """
    card = TriageCardRow
    has_changed = or_(
        card.message.is_(None),
        card.status != Conversation.status,
        and_(
            Conversation.status != Status.BOT,
            or_(card.notes != _NOTES, card.as_of.is_distinct_from(Conversation.updated_at)),
        ),
    )
    is_new = and_(card.conversation_id.is_(None), Conversation.status.in_(PEOPLES))
    return and_(
        Conversation.desk.in_(list(places)),
        or_(is_new, and_(card.conversation_id.is_not(None), has_changed)),
    )


async def due(
    session: AsyncSession, places: Mapping[str, str], *, at: datetime, limit: int
) -> Sequence[str]:
    """Conversations whose card is not as it should be and that no process works on.

    Two questions, each along an index: what is people's now, and which cards are not at their end.
    """
    wanted = (
        select(Conversation.id)
        .outerjoin(TriageCardRow, TriageCardRow.conversation_id == Conversation.id)
        .where(
            _is_due(places),
            or_(TriageCardRow.held_until.is_(None), TriageCardRow.held_until <= at),
        )
        .order_by(Conversation.updated_at)
        .limit(limit)
    )
    found = await session.scalars(wanted.where(Conversation.status.in_(PEOPLES)))
    left = await session.scalars(
        wanted.where(
            Conversation.status.not_in(PEOPLES), TriageCardRow.status != literal_column("'closed'")
        )
    )
    return [*found, *left]


async def undelivered(session: AsyncSession, places: Mapping[str, str]) -> Sequence[str]:
    """Conversations with a card that is not at its end, of which a message did not arrive."""
    found = await session.scalars(
        select(TriageCardRow.conversation_id).where(
            TriageCardRow.place.in_(list(places.values())),
            TriageCardRow.status != literal_column("'closed'"),
            TriageCardRow.conversation_id.in_(with_dead_letters()),
        )
    )
    return found.all()


async def is_due(session: AsyncSession, places: Mapping[str, str], conversation_id: str) -> bool:
    """Whether this one's card is not as it should be."""
    found = await session.scalar(
        select(Conversation.id)
        .outerjoin(TriageCardRow, TriageCardRow.conversation_id == Conversation.id)
        .where(Conversation.id == conversation_id, _is_due(places))
    )
    return found is not None


async def changed_since(
    session: AsyncSession, conversation_id: str, since: datetime
) -> Mapping[int, datetime]:
    """Number of a message that its customer edited or took back since then → when."""
    found = await session.execute(
        select(Message.seq, func.coalesce(Message.withdrawn_at, Message.edited_at))
        .where(
            Message.conversation_id == conversation_id,
            or_(Message.edited_at >= since, Message.withdrawn_at >= since),
        )
        .order_by(Message.seq)
    )
    return {seq: at for seq, at in found}


async def card_of(session: AsyncSession, conversation_id: str) -> TriageCardRow | None:
    """The conversation's card."""
    return await session.get(TriageCardRow, conversation_id, populate_existing=True)


async def card_at(session: AsyncSession, place: str, message: str) -> TriageCardRow | None:
    """Whose card this message is."""
    return await session.scalar(
        select(TriageCardRow).where(TriageCardRow.place == place, TriageCardRow.message == message)
    )


# `object`: the columns' values.
async def change_held(
    session: AsyncSession, conversation_id: str, *, holder: str, values: Mapping[str, object]
) -> bool:
    """Writes it if the holder holds it still."""
    found = await session.scalar(
        update(TriageCardRow)
        .where(TriageCardRow.conversation_id == conversation_id, TriageCardRow.holder == holder)
        .values(**values)
        .returning(TriageCardRow.conversation_id)
        .execution_options(synchronize_session=False)
    )
    return found is not None


async def forget_look(session: AsyncSession, conversation_id: str, *, at: datetime) -> bool:
    """What the card shows is not known; False while somebody works on it."""
    is_free = or_(TriageCardRow.holder.is_(None), TriageCardRow.held_until <= at)
    found = await session.scalar(
        update(TriageCardRow)
        .where(TriageCardRow.conversation_id == conversation_id, is_free)
        .values(shown="", status="", as_of=None)
        .returning(TriageCardRow.conversation_id)
        .execution_options(synchronize_session=False)
    )
    return found is not None


async def count_notes(session: AsyncSession, conversation_id: str) -> int:
    """How many notes the conversation has."""
    found = select(func.count()).select_from(Note).where(Note.conversation_id == conversation_id)
    return await session.scalar(found) or 0


async def sources_of(session: AsyncSession, note_ids: Sequence[str]) -> dict[str, str]:
    """Where these notes were written, of those that were not in the inbox."""
    rows = await session.execute(
        select(NoteSource.note_id, NoteSource.source).where(NoteSource.note_id.in_(note_ids))
    )
    return {note_id: source for note_id, source in rows}


async def note_from(session: AsyncSession, source: str) -> Note | None:
    """The note that was written there."""
    return await session.scalar(
        select(Note)
        .join(NoteSource, NoteSource.note_id == Note.id)
        .where(NoteSource.source == source)
    )


async def last_agent_name(session: AsyncSession, conversation_id: str) -> str | None:
    """Which agent wrote to the customer last."""
    return await session.scalar(
        select(Message.author_name)
        .where(Message.conversation_id == conversation_id, Message.author_kind == AuthorKind.AGENT)
        .order_by(Message.seq.desc())
        .limit(1)
    )


async def agents(session: AsyncSession) -> Sequence[Agent]:
    """Everybody who may work, by name."""
    found = await session.scalars(
        select(Agent).where(Agent.disabled_at.is_(None)).order_by(Agent.name)
    )
    return found.all()


async def customer_of(session: AsyncSession, conversation: Conversation) -> Customer:
    """Who asks."""
    return await session.get_one(Customer, conversation.customer_id)


async def requesters(
    session: AsyncSession, channel: str, conversation_ids: Collection[str]
) -> Sequence[str]:
    """The channel's own keys of whose conversations these are."""
    found = await session.scalars(
        select(Customer.external_id)
        .join(Conversation, Conversation.customer_id == Customer.id)
        .where(Conversation.id.in_(conversation_ids), Conversation.channel == channel)
        .distinct()
    )
    return found.all()


async def open_of_customer(
    session: AsyncSession, channel: str, external_id: str, *, limit: int
) -> Sequence[tuple[Conversation, str | None]]:
    """The customer's conversations that are not closed, with their first words."""
    first = (
        select(Message.text)
        .where(
            Message.conversation_id == Conversation.id,
            Message.author_kind == AuthorKind.CUSTOMER,
        )
        .order_by(Message.seq)
        .limit(1)
        .correlate(Conversation)
        .scalar_subquery()
    )
    rows = await session.execute(
        select(Conversation, first)
        .join(Customer, Customer.id == Conversation.customer_id)
        .where(
            Customer.channel == channel,
            Customer.external_id == external_id,
            Conversation.status.in_(OPEN),
        )
        .order_by(Conversation.created_at.desc())
        .limit(limit)
    )
    return [(conversation, words) for conversation, words in rows]
