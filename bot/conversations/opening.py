"""The rows with which a conversation begins."""

from bot.channel import InboundMessage
from bot.clock import now
from bot.conversations.models import Conversation, Customer, new_id
from bot.conversations.state import Status
from bot.priority import Priority

EMAIL_LENGTH = 320
NAME_LENGTH = 200  # characters, as the columns hold: SQLite does not count, PostgreSQL does


def new_customer(inbound: InboundMessage) -> Customer:
    """Whoever writes for the first time."""
    return Customer(
        id=new_id(),
        channel=inbound.channel,
        external_id=inbound.customer,
        name=inbound.customer_name[:NAME_LENGTH] if inbound.customer_name else None,
        email=_fitting(inbound.customer_email),
        language=inbound.language,
    )


def _fitting(email: str | None) -> str | None:
    """An address that is cut is nobody's."""
    return email if email and len(email) <= EMAIL_LENGTH else None


def new_conversation(inbound: InboundMessage, customer: Customer) -> Conversation:
    """With the bot, and nothing said yet."""
    return Conversation(
        id=new_id(),
        customer_id=customer.id,
        channel=inbound.channel,
        thread=inbound.thread,
        desk=inbound.desk,
        language=inbound.language,
        context=dict(inbound.context),
        status=Status.BOT,
        epoch=1,
        created_at=now(),
        priority=Priority.NORMAL,
        last_seq=0,
        seen_seq=0,
        read_seq=0,
        misses=0,
        upsets=0,
        repeats=0,
        contact_asks=0,
        dialogue_fresh=False,
    )
