"""What the packet asks of the database."""

from collections.abc import Collection, Container, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, func, literal_column, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.channel import AuthorKind
from bot.conversations.models import Conversation, Customer, Message, Turn
from bot.conversations.outward import gist
from bot.conversations.spans import SpanKind
from bot.conversations.state import OWNER, Owner, Status
from bot.feedback.models import Feedback
from bot.feedback.opinion import pressed
from bot.feedback.repository import not_helpful
from bot.handoff import models
from bot.handoff.packet import (
    BARE_NUMBERS,
    MISS_INTENTS,
    SOCIAL_INTENTS,
    CaseFile,
    Correction,
    EarlierConversation,
    Fact,
    Guess,
    Packet,
    Reachable,
    Said,
    StoredTurn,
    Unhelpful,
    Verified,
    build_packet,
)
from bot.identity.models import Identity
from bot.identity.repository import identity_of
from bot.intake.models import Intake
from bot.intake.repository import intake_of
from bot.merged.models import CustomerMerge
from bot.merged.repository import group
from bot.records.models import AgentFact
from bot.records.repository import agent_facts_of
from bot.timers.repository import LONG_AGO

LAST_TURNS = 60
LAST_MESSAGES = 200
EARLIER_CONVERSATIONS = 10
# What most conversations have none of: who knows that there is none leaves it out of `there`.
SELDOM: frozenset[object] = frozenset(
    {Feedback, Intake, models.Correction, AgentFact, Identity, CustomerMerge}
)


def latest_intent() -> ScalarSelect[str | None]:
    """For a question about conversations: what the customer last wanted, small talk aside.

    A named topic comes before a bare number and what was not understood: often these answer a form.
    """
    return (
        select(Turn.intent)
        .where(Turn.conversation_id == Conversation.id, Turn.intent.not_in(SOCIAL_INTENTS))
        .order_by(Turn.intent.in_(MISS_INTENTS | BARE_NUMBERS), Turn.id.desc())
        .limit(1)
        .correlate(Conversation)
        .scalar_subquery()
    )


async def load_packet(
    session: AsyncSession,
    conversation: Conversation,
    *,
    desks: Collection[str],
    with_agents_facts: bool = False,
    there: Container[object] = SELDOM,
) -> Packet:
    """The conversation's packet for an agent who works at these desks.

    What agents wrote into it, and whom else they take the customer for, is left out unless it is
    asked for: customers see the rest on their receipt. `there`: of what there may be something.
    """
    customer = await session.get_one(Customer, conversation.customer_id)
    turns = await _last_turns(session, conversation.id)
    said = await _last_messages(session, conversation.id)
    unhelpful = await not_helpful(session, conversation.id) if Feedback in there else ()
    intake = None
    if Intake in there:
        intake = await intake_of(session, conversation.channel, conversation.thread)
    told = intake.answers if intake else []
    corrections: list[Correction] = []
    if models.Correction in there:
        corrections += await _corrections(session, conversation.id)
    if with_agents_facts and AgentFact in there:
        corrections += await _agents_facts(session, conversation.id)
        corrections.sort(key=lambda change: change.at or LONG_AGO)
    identity = await identity_of(session, customer.id) if Identity in there else None
    same: tuple[str, ...] = (customer.id,)
    if with_agents_facts and CustomerMerge in there:
        same = await group(session, customer.id)
    case = CaseFile(
        reason=conversation.handoff_reason,
        details=conversation.handoff_details or {},
        language=conversation.language,
        channel=conversation.channel,
        context=conversation.context,
        turns=[_stored(turn, before) for turn, before in zip(turns, (None, *turns), strict=False)],
        said=[
            Said(line.seq, line.author_kind, gist(line))
            for line in said
            if not _asks_for_an_opinion(line)
        ],
        customer=_who(customer, identity, conversation),
        before_chat=[_told_before(answer, conversation.language) for answer in told],
        consented_at=intake.consented_at if intake else None,
        earlier=await _earlier(session, conversation, desks, customers=same),
        waiting_since=waiting_since(conversation, customer_spoke_last=_customer_spoke_last(said)),
        corrections=corrections,
        due_at=conversation.due_at if conversation.status is Status.QUEUED else None,
        not_helpful=[Unhelpful(row.seq, row.intent or row.answer) for row in unhelpful],
    )
    return build_packet(case)


async def _corrections(session: AsyncSession, conversation_id: str) -> list[Correction]:
    """What the customer put right on the receipt, oldest first."""
    rows = await session.scalars(
        select(models.Correction)
        .where(models.Correction.conversation_id == conversation_id)
        .order_by(models.Correction.id)
    )
    return [Correction(row.name, row.value, row.before, at=row.at) for row in rows]


async def _agents_facts(session: AsyncSession, conversation_id: str) -> list[Correction]:
    """What agents set, oldest first."""
    return [
        Correction(row.name, row.value, row.before, by=row.agent_name, at=row.at)
        for row in await agent_facts_of(session, conversation_id)
    ]


# `Any`: `bot.intake.form.Answer` as JSON.
def _told_before(answer: dict[str, Any], language: str) -> Fact:
    """An answer of the form before the chat."""
    return Fact(f"form_{answer['key']}", answer["shown"][language], label=answer["label"])


def _who(customer: Customer, identity: Identity | None, conversation: Conversation) -> Reachable:
    signed = None
    if identity is not None:
        signed = Verified(identity.user_id, identity.name, identity.email, identity.account)
    return Reachable(
        customer.name,
        customer.email,
        customer.phone,
        verified=signed,
        claimed_name=conversation.context.get("claimed_name"),
        claimed_email=conversation.context.get("claimed_email"),
    )


async def _last_turns(session: AsyncSession, conversation_id: str) -> Sequence[Turn]:
    found = await session.scalars(
        select(Turn)
        .where(Turn.conversation_id == conversation_id)
        .order_by(Turn.id.desc())
        .limit(LAST_TURNS)
    )
    return found.all()[::-1]


async def _last_messages(session: AsyncSession, conversation_id: str) -> Sequence[Message]:
    """What people and the bot said last; the desk's own texts are no evidence."""
    found = await session.scalars(
        select(Message)
        .where(
            Message.conversation_id == conversation_id,
            Message.author_kind != AuthorKind.SYSTEM,
        )
        .order_by(Message.seq.desc())
        .limit(LAST_MESSAGES)
    )
    return found.all()[::-1]


async def _earlier(
    session: AsyncSession,
    conversation: Conversation,
    desks: Collection[str],
    *,
    customers: Collection[str],
) -> tuple[EarlierConversation, ...]:
    """These customers' other conversations before this one, at the agent's own desks."""
    found = await session.execute(
        select(Conversation, latest_intent())
        .where(
            Conversation.customer_id.in_(customers),
            Conversation.id != conversation.id,
            Conversation.created_at <= conversation.created_at,
            Conversation.desk.in_(desks),
        )
        .order_by(Conversation.created_at.desc())
        .limit(EARLIER_CONVERSATIONS)
    )
    return tuple(
        EarlierConversation(row.id, row.status.value, row.desk, row.created_at, intent)
        for row, intent in found
    )


async def held_by(session: AsyncSession, agent_id: str) -> Sequence[Conversation]:
    """What the agent works on, or has put off."""
    found = await session.scalars(
        select(Conversation).where(Conversation.agent_id == agent_id).order_by(Conversation.id)
    )
    return found.all()


def waiting_since(conversation: Conversation, *, customer_spoke_last: bool) -> datetime | None:
    """Since when the customer waits for a human; None when nobody owes them anything."""
    owner = OWNER[conversation.status]
    if owner is Owner.QUEUE:
        return conversation.queued_at
    if owner is Owner.AGENT and customer_spoke_last:
        return conversation.last_customer_at
    return None


async def agent_spoke_at(session: AsyncSession, conversation_id: str) -> datetime | None:
    """When an agent wrote to the customer last."""
    return await session.scalar(
        select(Message.created_at)
        .where(
            Message.conversation_id == conversation_id,
            Message.author_kind == AuthorKind.AGENT,
        )
        .order_by(Message.seq.desc())
        .limit(1)
    )


def last_seq(author: AuthorKind) -> ScalarSelect[int]:
    """For a question about conversations: the newest message of such an author.

    Read backwards along the index, it stops at once.
    """
    line = aliased(Message)
    return (
        select(line.seq)
        .where(line.conversation_id == Conversation.id, line.author_kind == author)
        .order_by(line.seq.desc())
        .limit(1)
        .correlate(Conversation)
        .scalar_subquery()
    )


def waits_for_us() -> ColumnElement[bool]:
    """Of conversations that agents have: whether an agent owes the next word.

    Those that agents had before spans were kept have none until they change.
    """
    nothing: ColumnElement[int] = literal_column("0")
    asked, answered = last_seq(AuthorKind.CUSTOMER), last_seq(AuthorKind.AGENT)
    customer_spoke_last = func.coalesce(asked, nothing) > func.coalesce(answered, nothing)
    has_span = Conversation.span.is_not(None)
    return or_(
        and_(has_span, Conversation.span == SpanKind.HUMAN.value),
        and_(not_(has_span), customer_spoke_last),
    )


def _asks_for_an_opinion(line: Message) -> bool:
    """Whether this is "Was this helpful?": no part of what the bot tried."""
    return any(pressed(button["payload"]) for button in line.buttons)


def _customer_spoke_last(said: Sequence[Message]) -> bool:
    people = [line.author_kind for line in said if line.author_kind != AuthorKind.BOT]
    return bool(people) and people[-1] == AuthorKind.CUSTOMER


def _stored(turn: Turn, before: Turn | None) -> StoredTurn:
    asked_for = (before.slots or {}).get("requested_slot") if before else None
    return StoredTurn(
        seq=turn.message_seq,
        intent=turn.intent,
        confidence=turn.confidence,
        ranking=tuple(Guess(str(g["name"]), float(g["confidence"])) for g in turn.ranking or ()),
        entities=tuple(turn.entities or ()),
        slots=turn.slots or {},
        problem=turn.problem,
        asked_for=None if asked_for is None else str(asked_for),
    )
