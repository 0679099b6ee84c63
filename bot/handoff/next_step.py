"""What a customer is told when a conversation comes into the queue: why, and what comes next."""

from datetime import timedelta

from bot.availability.service import Availability
from bot.clock import now
from bot.conversations.models import Conversation
from bot.conversations.service import Conversations
from bot.conversations.timing import PROMISE
from bot.db import Transaction
from bot.handoff.contacts import Contacts
from bot.handoff.reasons import LEFT_MESSAGE, PROMISED
from bot.texts import text
from bot.timers import repository as timers

# Who talks to the bot again has some time for it before they are back in the queue.
BACK_AFTER = timedelta(minutes=10)


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
    standing = await availability.standing(conversation.desk)
    contact = await contacts.known(tx, conversation)
    if standing.is_open and standing.agent_online:
        left = conversation.handoff_reason in (LEFT_MESSAGE, PROMISED) and contact is not None
        key = "handoff.next.online_left" if left else "handoff.next.online"
        return text(key, language, contact=contact)
    away = text("handoff.away", language)
    if not standing.is_open:
        away = availability.closed_words(conversation.desk, standing, language)
    if contact is not None:
        return text("handoff.next.offline_known", language, away=away, contact=contact)
    conversation.contact_asks = 1
    return text("handoff.next.offline", language, away=away)


async def keep_promise(
    tx: Transaction,
    conversation: Conversation,
    *,
    availability: Availability,
    conversations: Conversations,
) -> None:
    """They left a contact, and would go unanswered: when the desk is open they come back."""
    contact = (conversation.handoff_details or {}).get("contact")
    if contact is None:
        return
    soonest = availability.opens_after(conversation.desk, now() + BACK_AFTER)
    await timers.start(tx.session, PROMISE, conversation.id, due_at=soonest)
    await conversations.tell(tx, conversation, "contact.still_kept", contact=contact)
