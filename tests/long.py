"""Conversations with a past, written into the database as a year of talking would have."""

from datetime import timedelta

from bot.assembly import Parts
from bot.channel import AuthorKind
from bot.clock import now
from bot.conversations.models import Conversation, Customer, Message, new_id
from bot.conversations.state import Status
from tests.desk import DESK

WORDS = (
    "Good morning, where is my order? I have been waiting for a while and I would like to know.",
    "It left our warehouse yesterday and is on its way. You can follow it on the carrier's page:\n"
    "https://shop.example/tracking/10482",
    "Thank you!",
)


async def talked(
    parts: Parts, token: str, *, messages: int, ago: timedelta, closed: bool, desk: str = DESK
) -> str:
    """A conversation of this token's visitor; its messages are a minute apart."""
    visitor = token.split(".")[0]
    begun, there = now() - ago, new_id()
    async with parts.db.write() as tx:
        customer = Customer(
            id=new_id(), channel="web", external_id=f"{visitor}-{there}", language="en"
        )
        tx.session.add(customer)
        tx.session.add(
            Conversation(
                id=there,
                customer_id=customer.id,
                channel="web",
                thread=f"{visitor}:{desk}",
                desk=desk,
                language="en",
                status=Status.CLOSED if closed else Status.BOT,
                closed_at=begun + timedelta(minutes=messages) if closed else None,
                created_at=begun,
                last_customer_at=begun,
                last_seq=messages,
                context={},
            )
        )
        await tx.session.flush()
        for seq in range(1, messages + 1):
            author = AuthorKind.CUSTOMER if seq % 2 else AuthorKind.BOT
            tx.session.add(
                Message(
                    id=new_id(),
                    conversation_id=there,
                    seq=seq,
                    channel="web",
                    author_kind=author,
                    text=f"{seq}. {WORDS[seq % len(WORDS)]}",
                    buttons=[],
                    created_at=begun + timedelta(minutes=seq),
                )
            )
    return there
