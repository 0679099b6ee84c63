"""Agents put facts right, or add what they found out: kept with who said so, and when."""

import re

from bot.accounts.models import Agent
from bot.conversations.models import Conversation, Customer
from bot.conversations.service import Conversations
from bot.db import Database, Transaction
from bot.handling.door import lock
from bot.handling.errors import BadFact
from bot.handoff.contacts import BadContact, contact_in
from bot.handoff.packet import CONTACT, Packet
from bot.handoff.queries import load_packet
from bot.handoff.service import actor_of
from bot.records.models import AgentFact

MOST_LETTERS = 300
MOST_IN_NAME = 60


class Facts:
    """Each call is one transaction."""

    def __init__(self, db: Database, *, conversations: Conversations) -> None:
        self._db = db
        self._conversations = conversations

    async def put(self, agent: Agent, conversation_id: str, name: str, value: str) -> None:
        """Anybody at the desk may; raises BadFact, BadContact or NotFound.

        `name` is a fact's own, or what an agent calls a new one.
        """
        key, value = fact_name(name), " ".join(value.split())
        if not key or not 0 < len(value) <= MOST_LETTERS:
            raise BadFact(limit=MOST_LETTERS, name_limit=MOST_IN_NAME)

        async def put(tx: Transaction) -> None:
            conversation = await lock(tx, agent, conversation_id)
            packet = await load_packet(tx.session, conversation, desks=(), with_agents_facts=True)
            before, kept = value_in(packet, key), value
            if key in CONTACT:
                kept = await _keep_contact(tx, conversation, key, value)
            if before == kept:
                return
            tx.session.add(
                AgentFact(
                    conversation_id=conversation.id,
                    name=key,
                    value=kept,
                    before=before,
                    agent_id=agent.id,
                    agent_name=agent.name,
                )
            )
            self._conversations.record(
                tx, conversation, "fact_set", actor=actor_of(agent), details={"fact": key}
            )
            self._conversations.hint_status(tx, conversation)

        await self._db.attempt(put)


def fact_name(words: str) -> str:
    """Such as `serial_number` for “Serial number”; empty when it cannot be a name."""
    key = re.sub(r"\W+", "_", words.strip().lower()).strip("_")
    return key if len(key) <= MOST_IN_NAME else ""


def value_in(packet: Packet, name: str) -> str | None:
    """What is known now."""
    contact = packet.customer
    known = {"customer_name": contact.name, "email": contact.email, "phone": contact.phone}
    if name in CONTACT:
        return known[name]
    found = (fact.value for fact in (*packet.facts, *packet.details) if fact.name == name)
    return next(found, None)


async def _keep_contact(tx: Transaction, conversation: Conversation, name: str, value: str) -> str:
    """Where the customer is reached belongs to the customer: later conversations know it too."""
    customer = await tx.session.get_one(Customer, conversation.customer_id)
    if name == "customer_name":
        customer.name = value[:200]
        return customer.name
    contact = contact_in(value)
    found = contact.email if name == "email" else contact.phone
    if found is None:  # a phone number is no e-mail address
        raise BadContact
    if name == "email":
        customer.email = found
    else:
        customer.phone = found
    conversation.contact_asks = 0
    return found
