"""Puts the parts together that give conversations to agents and take them back."""

from collections.abc import Mapping

from bot.accounts.presence import Presence
from bot.assignment.returns import Returns
from bot.assignment.service import Assigner
from bot.availability.service import Availability
from bot.conversations.service import Conversations
from bot.db import Database
from bot.desks import Desks
from bot.handoff.service import Handoffs
from bot.live import Bus
from bot.queue.service import QueueWatch
from bot.timers.worker import Fire


def assigner_of(
    db: Database,
    *,
    conversations: Conversations,
    handoffs: Handoffs,
    presence: Presence,
    availability: Availability,
    queue: QueueWatch,
    desks: Desks,
    bus: Bus,
) -> tuple[Assigner, Mapping[str, Fire]]:
    """The worker that gives, known to whoever hands off, and the timers of what comes back."""
    assigner = Assigner(
        db,
        conversations=conversations,
        handoffs=handoffs,
        presence=presence,
        availability=availability,
        queue=queue,
        desks=desks,
        bus=bus,
    )
    returns = Returns(
        db,
        conversations=conversations,
        handoffs=handoffs,
        assigner=assigner,
        availability=availability,
    )
    handoffs.assigner = assigner
    conversations.watchers.append(returns)
    presence.when_gone_home = returns.gone_home
    return assigner, returns.by_kind()
