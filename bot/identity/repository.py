"""Every question about identities that is asked of the database."""

from collections.abc import Sequence

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations.models import Conversation, Customer, Message
from bot.identity.models import Identity


async def identity_of(session: AsyncSession, customer_id: str) -> Identity | None:
    """What was signed about this customer."""
    return await session.get(Identity, customer_id)


async def customer_with_identity(
    session: AsyncSession, channel: str, visitor: str
) -> tuple[Customer, Identity | None] | None:
    """The channel's customer, and what was signed about them."""
    found = await session.execute(
        select(Customer, Identity)
        .outerjoin(Identity, Identity.customer_id == Customer.id)
        .where(Customer.channel == channel, Customer.external_id == visitor)
    )
    row = found.first()
    return None if row is None else (row[0], row[1])


async def lock_customer(session: AsyncSession, channel: str, visitor: str) -> Customer | None:
    """The customer, for this transaction alone: no conversation of theirs opens meanwhile."""
    return await session.scalar(
        select(Customer)
        .where(Customer.channel == channel, Customer.external_id == visitor)
        .with_for_update()
    )


async def lock_thread(session: AsyncSession, channel: str, thread: str) -> Sequence[Conversation]:
    """All conversations of the thread, locked in one order whoever asks."""
    found = await session.scalars(
        select(Conversation)
        .where(Conversation.channel == channel, Conversation.thread == thread)
        .order_by(Conversation.id)
        .with_for_update(key_share=True)
    )
    return found.all()


async def rename_messages(
    session: AsyncSession, conversations: Sequence[str], *, before: str, after: str
) -> None:
    """Gives the messages' keys to another visitor: what is sent again is known by them."""
    await session.execute(
        update(Message)
        .where(
            Message.conversation_id.in_(conversations),
            Message.external_id.startswith(f"{before}:", autoescape=True),
        )
        .values(external_id=after + func.substr(Message.external_id, len(before) + 1))
        .execution_options(synchronize_session=False)
    )
