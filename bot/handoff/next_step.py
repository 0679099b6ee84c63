"""What a customer is told when a conversation comes into the queue: why, and what comes next."""

from bot.availability.service import Availability
from bot.conversations.models import Conversation
from bot.db import Transaction
from bot.handoff.contacts import Contacts
from bot.texts import text

# The customer has left a contact and does not wait.
LEFT_MESSAGE = "left_message"
PROMISED = "promised"


async def queued_in_words(
    tx: Transaction, conversation: Conversation, *, availability: Availability, contacts: Contacts
) -> str:
    """The whole text; whoever cannot be reached yet is asked where."""
    why = text(f"handoff.why.{conversation.handoff_reason}", conversation.language)
    following = await following_in_words(
        tx, conversation, availability=availability, contacts=contacts
    )
    return f"{why} {following}"


async def following_in_words(
    tx: Transaction, conversation: Conversation, *, availability: Availability, contacts: Contacts
) -> str:
    """What comes next, without why."""
    language = conversation.language
    now = await availability.standing(conversation.desk)
    contact = await contacts.known(tx, conversation)
    if now.is_open and now.agent_online:
        left = conversation.handoff_reason in (LEFT_MESSAGE, PROMISED) and contact is not None
        key = "handoff.next.online_left" if left else "handoff.next.online"
        return text(key, language, contact=contact)
    away = text("handoff.away", language)
    if not now.is_open:
        away = availability.closed_words(conversation.desk, now, language)
    if contact is not None:
        return text("handoff.next.offline_known", language, away=away, contact=contact)
    conversation.contact_asks = 1
    return text("handoff.next.offline", language, away=away)
