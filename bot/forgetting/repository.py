"""What is asked and changed when a customer is forgotten."""

from collections.abc import Sequence

from sqlalchemy import Update, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.attachments.models import StoredFile
from bot.conversations.models import Conversation, Customer, Event, Message, Note, Turn
from bot.handoff.models import Correction
from bot.identity.models import Identity
from bot.intake.models import Intake
from bot.outbox.models import Delivery
from bot.search.models import SearchEntry
from bot.survey.models import Survey
from bot.transcript.models import TranscriptMail
from bot.writing.models import Draft, HeldReply


async def lock_customer(session: AsyncSession, channel: str, key: str) -> Customer | None:
    """Whom the channel knows by this key, for this transaction alone."""
    return await session.scalar(
        select(Customer)
        .where(Customer.channel == channel, Customer.external_id == key)
        .with_for_update()
    )


async def lock_conversations(session: AsyncSession, customer_id: str) -> Sequence[Conversation]:
    """All of the customer's, in an order that no two processes differ in."""
    found = await session.scalars(
        select(Conversation)
        .where(Conversation.customer_id == customer_id)
        .order_by(Conversation.id)
        .with_for_update()
    )
    return found.all()


async def files_of(
    session: AsyncSession, ids: Sequence[str], channel: str, threads: Sequence[str]
) -> list[str]:
    """Files that were sent in these conversations, by either side, and those not yet sent."""
    unsent = (StoredFile.channel == channel) & StoredFile.owner.in_(threads)
    found = await session.scalars(
        select(StoredFile.id).where(StoredFile.conversation_id.in_(ids) | unsent)
    )
    return list(found)


async def empty(session: AsyncSession, ids: Sequence[str], words: str) -> None:
    """Nothing is left of what was said in these conversations; that it was said stays."""
    await _set(
        session,
        update(Message).where(Message.conversation_id.in_(ids)),
        text=words,
        buttons=[],
        image=None,
        attachments=None,
        cards=None,
        earlier=None,
        external_id=None,
    )
    customers = Message.author_kind == "customer"
    await _set(
        session,
        update(Message).where(Message.conversation_id.in_(ids), customers),
        author_name=None,
    )
    await _set(session, update(Note).where(Note.conversation_id.in_(ids)), text=words)
    await _set(session, update(Event).where(Event.conversation_id.in_(ids)), details={})
    await _set(
        session,
        update(Turn).where(Turn.conversation_id.in_(ids)),
        payload=None,
        entities=None,
        slots=None,
        problem=None,
    )
    await _set(session, update(Survey).where(Survey.conversation_id.in_(ids)), comment=None)
    # The index of the search follows changes of objects, and these are changes of whole tables.
    await session.execute(delete(SearchEntry).where(SearchEntry.conversation_id.in_(ids)))
    await session.execute(delete(Draft).where(Draft.conversation_id.in_(ids)))
    await session.execute(delete(HeldReply).where(HeldReply.conversation_id.in_(ids)))
    await session.execute(delete(Correction).where(Correction.conversation_id.in_(ids)))
    await session.execute(delete(TranscriptMail).where(TranscriptMail.conversation_id.in_(ids)))


async def drop_deliveries(session: AsyncSession, ids: Sequence[str]) -> None:
    """What was still on its way is sent to nobody."""
    waiting = (Delivery.conversation_id.in_(ids), Delivery.status == "waiting")
    await _set(
        session,
        update(Delivery).where(*waiting),
        status="dropped",
        holder=None,
    )
    await _set(session, update(Delivery).where(Delivery.conversation_id.in_(ids)), problem=None)


async def drop_person(
    session: AsyncSession, customer_id: str, channel: str, key: str, threads: Sequence[str]
) -> None:
    """What a form or a host site told; a form may be filled in before there is a conversation, in
    a thread that bears the customer's `key`."""
    await session.execute(delete(Identity).where(Identity.customer_id == customer_id))
    own = or_(
        Intake.thread.in_(threads),
        Intake.thread == key,
        Intake.thread.startswith(f"{key}:", autoescape=True),
    )
    await session.execute(delete(Intake).where(Intake.channel == channel, own))


async def drop_files(session: AsyncSession, ids: Sequence[str]) -> None:
    """Their rows."""
    await session.execute(delete(StoredFile).where(StoredFile.id.in_(ids)))


async def _set(session: AsyncSession, change: Update, **values: object) -> None:
    await session.execute(change.values(**values).execution_options(synchronize_session=False))
