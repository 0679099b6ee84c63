"""What of a conversation's timeline stands in the audit log as well: whatever an agent did."""

from dataclasses import dataclass
from typing import Any

from bot.audit.acts import ON_CONVERSATIONS
from bot.audit.doing import doer_for
from bot.audit.repository import record
from bot.conversations.models import Conversation
from bot.conversations.owning import Actor
from bot.db import Transaction

ACTS = {act.value: act for act in ON_CONVERSATIONS}
# An entry outlives its conversation, and stays when the customer is forgotten: it may hold
# the desk's own words alone, never what somebody typed about a customer.
KEPT = ("as", "from", "to", "on", "off", "fields", "with", "goes_on_in", "seq", "left")


@dataclass(frozen=True)
class _Named:
    id: str
    name: str


def write_down(
    tx: Transaction,
    conversation: Conversation,
    event: str,
    *,
    actor: Actor,
    # `Any`: ids and reasons of the timeline's event.
    details: dict[str, Any],
) -> None:
    """An entry, if an agent did it and it is an act of its own."""
    if actor.agent_id is None or actor.name is None or event not in ACTS:
        return
    to = details.get("to_name")
    record(
        tx,
        ACTS[event],
        doer_for(_Named(actor.agent_id, actor.name)),
        _Named(details["to"], to) if to else None,
        conversation_id=conversation.id,
        desk=conversation.desk,
        **{name: details[name] for name in KEPT if name in details and not to},
    )
