"""On whom a conversation waits, from when until when: its spans.

A span ends in the transaction that begins the next one, at the same moment, so the spans of a
conversation tile its life and no number mixes them. The running one has no end yet;
`Conversation.span` and `span_since` say the same without a question to the table. Conversations
older than this have spans from their first change on.
"""

from datetime import datetime
from enum import StrEnum
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations import repository
from bot.conversations.models import Conversation
from bot.conversations.state import Status
from bot.db import Transaction


class SpanKind(StrEnum):
    """Whose time it is."""

    BOT = "bot"
    QUEUE = "queue"
    HUMAN = "human"  # an agent has it and owes the next word
    CUSTOMER = "customer"  # an agent has it, has answered, and waits for the customer
    SNOOZED = "snoozed"


KIND_OF_STATUS = {
    Status.BOT: SpanKind.BOT,
    Status.QUEUED: SpanKind.QUEUE,
    Status.WITH_AGENT: SpanKind.HUMAN,
    Status.SNOOZED: SpanKind.SNOOZED,
    Status.CLOSED: None,
}


class SpanWatcher(Protocol):
    """Has something to do when it is another one's turn, in the same transaction."""

    async def span_began(
        self, tx: Transaction, conversation: Conversation, before: SpanKind | None
    ) -> None:
        """`conversation.span` is what began, since `span_since`; it may be over."""

    async def priority_set(self, tx: Transaction, conversation: Conversation) -> None:
        """It is more or less urgent than before."""


async def begin_span(
    session: AsyncSession, conversation: Conversation, kind: SpanKind | None, *, at: datetime
) -> None:
    """Ends the running span and begins one of this kind (None: the conversation is over).

    Whoever changes status, agent or desk of a conversation calls it, while holding it. A clock
    that was put back makes no span end before it began.
    """
    if conversation.span is not None:
        at = max(at, conversation.span_since or at)
        await repository.end_span(session, conversation.id, at=at)
    conversation.span = kind
    conversation.span_since = None if kind is None else at
    if kind is not None:
        await repository.keep_span(session, conversation, kind, at=at)
