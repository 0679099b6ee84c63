"""Where customers can be reached: asked for, told to a form of the bot, or left on their own."""

from bot.conversations.models import Conversation, Customer
from bot.conversations.service import Conversations
from bot.db import Transaction
from bot.errors import FirstlineError
from bot.handoff.contact import Contact, find_contact


class BadContact(FirstlineError):
    """Neither an e-mail address nor a phone number."""

    code = "bad_contact"
    status = 422


def contact_in(words: str) -> Contact:
    """What a field for nothing else names; raises BadContact, also for too many digits."""
    contact = find_contact(words)
    rest = " ".join(words.split())
    for part in (contact.email, contact.phone) if contact else ():
        rest = rest.replace(part or "", "")
    if contact is None or any(letter.isdigit() for letter in rest):
        raise BadContact
    return contact


class Contacts:
    """Keeps them with the customer, inside whatever transaction the caller has open."""

    def __init__(self, conversations: Conversations) -> None:
        self._conversations = conversations

    async def known(self, tx: Transaction, conversation: Conversation) -> Contact | None:
        """Where the customer can be reached, as far as we know."""
        customer = await tx.session.get_one(Customer, conversation.customer_id)
        known = customer.email or customer.phone
        return Contact(customer.email, customer.phone) if known else None

    async def look_for(self, tx: Transaction, conversation: Conversation, words: str) -> None:
        """Takes the e-mail address or phone number that the customer was asked for."""
        if not conversation.contact_asks:
            return
        contact = find_contact(words)
        if contact is not None:
            await self.take(tx, conversation, contact)
            await self._conversations.tell(tx, conversation, "contact.thanks", contact=str(contact))
        elif conversation.contact_asks == 1:
            conversation.contact_asks = 2
            await self._conversations.tell(tx, conversation, "contact.remind")

    async def take(self, tx: Transaction, conversation: Conversation, contact: Contact) -> None:
        """The customer says where; they are not asked again."""
        customer = await tx.session.get_one(Customer, conversation.customer_id)
        customer.email = contact.email or customer.email
        customer.phone = contact.phone or customer.phone
        conversation.contact_asks = 0

    async def take_if_new(self, tx: Transaction, conversation: Conversation, told: object) -> None:
        """Keeps where a form of the bot was told to reach the customer."""
        contact = find_contact(told) if isinstance(told, str) else None
        if contact is not None:
            customer = await tx.session.get_one(Customer, conversation.customer_id)
            customer.email = customer.email or contact.email
            customer.phone = customer.phone or contact.phone
