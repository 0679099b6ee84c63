"""What an open conversation shows: loaded in one session, as frozen data for the templates."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.models import Agent
from bot.assignment.models import Assignment
from bot.assignment.repository import assignments_of
from bot.channel import Hint
from bot.conversations import receipts, repository
from bot.conversations.errors import NotFound
from bot.conversations.models import Conversation, Customer
from bot.db import Database
from bot.handoff.packet import Packet
from bot.handoff.queries import load_packet
from bot.inbox import queries
from bot.inbox.composing import Composing, composing
from bot.inbox.handling.reading import Records, load_records
from bot.inbox.there import what_is_there
from bot.inbox.views import Abilities, abilities
from bot.merged.models import CustomerMerge
from bot.merged.person import Person
from bot.merged.repository import persons
from bot.outbox.models import Delivery
from bot.outbox.repository import dead_letters_of
from bot.survey.models import Survey
from bot.survey.repository import survey_of, surveys_of


@dataclass(frozen=True)
class DeadLetter:
    """Why a message could not be delivered: the kind, and the channel's own words."""

    kind: str | None
    problem: str | None


@dataclass(frozen=True)
class OpenConversation:
    """Everything around the transcript."""

    conversation: Conversation
    customer: Customer
    person: Person | None  # where agents take the customer for the same as another one
    visitor_code: str
    packet: Packet
    abilities: Abilities
    undelivered: dict[int, DeadLetter]  # by message number
    customer_saw_all: bool
    survey: Survey | None
    assignments: Sequence[Assignment]  # how it was given to agents, oldest first
    records: Records
    earlier_surveys: dict[str, Survey]  # by conversation
    form_key: str  # of the reply form, so that a double click sends once
    writing: Composing


@dataclass(frozen=True)
class OpenComposer:
    """What the forms for the next words need: a small part of the page, named as there."""

    conversation: Conversation
    abilities: Abilities
    form_key: str
    writing: Composing


async def open_composer(session: AsyncSession, agent: Agent, conversation_id: str) -> OpenComposer:
    """As `open_conversation`, for a form that is made anew after each of its messages."""
    found = await queries.find_conversation(session, agent, conversation_id)
    if found is None:
        raise NotFound
    conversation, _ = found
    return OpenComposer(
        conversation=conversation,
        abilities=_abilities(conversation, agent),
        form_key=str(uuid4()),
        writing=await composing(session, agent, conversation),
    )


async def open_conversation(
    session: AsyncSession, agent: Agent, conversation_id: str
) -> OpenConversation:
    """The conversation for an agent of its desk; NotFound for anyone else."""
    found = await queries.find_conversation(session, agent, conversation_id)
    if found is None:
        raise NotFound
    conversation, customer = found
    there = await what_is_there(session, agent, conversation)
    dead = await dead_letters_of(session, conversation.id) if Delivery in there else ()
    packet = await load_packet(
        session, conversation, desks=agent.desks, with_agents_facts=True, there=there
    )
    several: Mapping[str, Person] = {}
    if CustomerMerge in there:
        kept = {customer.id: customer.kept_id or customer.id}
        several = await persons(session, kept, agent.desks)
    earlier = [one.id for one in packet.earlier]
    return OpenConversation(
        conversation=conversation,
        customer=customer,
        person=several.get(customer.id),
        visitor_code=queries.visitor_code(customer),
        packet=packet,
        abilities=_abilities(conversation, agent),
        undelivered={row.seq: DeadLetter(row.problem_kind, row.problem) for row in dead},
        customer_saw_all=conversation.seen_seq >= conversation.last_seq,
        survey=await survey_of(session, conversation.id) if Survey in there else None,
        assignments=await assignments_of(session, conversation.id),
        records=await load_records(session, agent, conversation, there=there),
        earlier_surveys=await surveys_of(session, earlier) if earlier else {},
        form_key=str(uuid4()),
        writing=await composing(session, agent, conversation, there=there),
    )


def _abilities(conversation: Conversation, agent: Agent) -> Abilities:
    return abilities(conversation.status, owner_id=conversation.agent_id, agent_id=agent.id)


async def mark_read(
    db: Database, agent: Agent, conversation_id: str, seq: int, *, publish: Callable[[Hint], None]
) -> bool:
    """Notes that the agent has seen everything up to `seq`, and that they were given it.

    False when that was known.
    """
    async with db.read() as session:
        known, is_new = await queries.seen_by(session, agent, conversation_id)
        if known >= seq and not is_new:
            return False
    async with db.write() as tx:
        # The lock keeps two tabs of one agent from writing the first mark at once.
        conversation = await repository.lock_conversation(tx.session, conversation_id)
        await queries.keep_read_mark(tx.session, agent, conversation_id, seq)
        if conversation is not None:
            if conversation.agent_id == agent.id:
                conversation.given_unseen = False
            receipts.was_read(tx, conversation, seq, publish=publish)
    return True
