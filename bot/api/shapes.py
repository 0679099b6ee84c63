"""From rows to what the API gives. Pure."""

import base64
import binascii
import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from bot.accounts.models import Agent
from bot.api.errors import BadCursor
from bot.api.repository import Place
from bot.api.schemas import (
    AgentOfConversation,
    AgentOut,
    ConversationOut,
    CustomerOfConversation,
    CustomerOut,
    DeliveryOut,
    SignedOut,
    WebhookOut,
)
from bot.conversations.models import Conversation, Customer
from bot.handoff.packet import Packet
from bot.identity.models import Identity
from bot.merged.person import Person
from bot.webhooks.models import Webhook, WebhookDelivery


def conversation_out(row: Conversation, customer: Customer) -> ConversationOut:
    """Without messages. The name is the one of this channel: a program may say it there."""
    owner = row.agent_id
    return ConversationOut(
        id=row.id,
        desk=row.desk,
        channel=row.channel,
        language=row.language,
        status=row.status,
        epoch=row.epoch,
        last_seq=row.last_seq,
        customer=CustomerOfConversation(id=customer.kept_id or customer.id, name=customer.name),
        agent=AgentOfConversation(id=owner, name=row.agent_name) if owner else None,
        handoff_reason=row.handoff_reason,
        queued_at=row.queued_at,
        due_at=row.due_at,
        last_customer_at=row.last_customer_at,
        created_at=row.created_at,
        updated_at=row.updated_at,
        closed_at=row.closed_at,
        closed_as=row.closed_as,
    )


def customer_out(person: Person, identities: Iterable[Identity]) -> CustomerOut:
    """With how to reach them."""
    kept = person.kept
    return CustomerOut(
        id=person.id,
        channel=kept.channel,
        name=person.name,
        email=person.email,
        phone=person.phone,
        language=kept.language,
        created_at=kept.created_at,
        others=[one.id for one in person.members if one.id != person.id],
        signed=[
            SignedOut(
                desk=one.desk,
                user_id=one.user_id,
                name=one.name,
                email=one.email,
                account=one.account,
                verified_at=one.verified_at,
            )
            for one in sorted(identities, key=lambda one: one.desk)
        ],
    )


def agent_out(row: Agent, *, online: bool) -> AgentOut:
    """Without anything that lets them in."""
    return AgentOut(
        id=row.id,
        name=row.name,
        email=row.email,
        language=row.language,
        desks=row.desks,
        online=online,
    )


def webhook_out(row: Webhook) -> WebhookOut:
    """Without its secret."""
    return WebhookOut(
        id=row.id,
        url=row.url,
        kinds=row.kinds,
        desks=row.desks,
        active=row.disabled_at is None,
        failing_since=row.failing_since,
        disabled_because=row.disabled_because,
        created_at=row.created_at,
    )


def delivery_out(row: WebhookDelivery) -> DeliveryOut:
    """A line of the log."""
    return DeliveryOut(
        id=row.id,
        kind=row.kind,
        event=row.entry["id"],
        status=row.status,
        attempts=row.attempts,
        due_at=row.due_at,
        http_status=row.http_status,
        problem=row.problem,
        took_ms=row.took_ms,
        created_at=row.created_at,
        finished_at=row.finished_at,
    )


# `Any`: a JSON object.
def packet_out(packet: Packet) -> dict[str, Any]:
    """Every field of the card; sets and times as JSON has them."""
    return json.loads(json.dumps(asdict(packet), default=_plain))  # type: ignore[no-any-return]


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(type(value).__name__)


def cursor_of(row: Conversation) -> str:
    """Where a page ended, as a program hands it back."""
    return base64.urlsafe_b64encode(f"{row.created_at.isoformat()} {row.id}".encode()).decode()


def place_of(cursor: str) -> Place:
    """The other way round; raises BadCursor."""
    try:
        at, _, row_id = base64.urlsafe_b64decode(cursor.encode()).decode().partition(" ")
        found = Place(datetime.fromisoformat(at), row_id)
    except (binascii.Error, ValueError):
        raise BadCursor from None
    if found.at.tzinfo is None or not row_id:
        raise BadCursor
    return found
