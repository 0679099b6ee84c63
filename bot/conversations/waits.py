"""Since when a customer waits for a person: whoever comes back unanswered keeps their place."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channel import AuthorKind
from bot.conversations.models import Conversation, Message
from bot.conversations.state import OWNER, Owner, Status


async def queued_since(
    session: AsyncSession, conversation: Conversation, before: Status, *, at: datetime
) -> datetime:
    """The place in the queue of what comes into it at this moment, out of the status `before`.

    What an agent had keeps the place of before when no agent said a word to the customer; after
    one, it is as if it had come with the first message that nobody has answered since.
    """
    if OWNER[before] is not Owner.AGENT:
        return at
    of_it = Message.conversation_id == conversation.id
    newest = (
        select(Message.seq, Message.created_at)
        .where(of_it, Message.author_kind == AuthorKind.AGENT)
        .order_by(Message.seq.desc())
        .limit(1)
    )
    said = (await session.execute(newest)).first()
    came = conversation.queued_at or at
    if said is None or said.created_at < came:
        return min(at, came)
    unanswered = await session.scalar(
        select(func.min(Message.created_at)).where(
            of_it, Message.author_kind == AuthorKind.CUSTOMER, Message.seq > said.seq
        )
    )
    return min(at, unanswered or at)
