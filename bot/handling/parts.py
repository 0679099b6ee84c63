"""All doors of this folder, put together."""

from dataclasses import dataclass

from bot.conversations.service import Conversations
from bot.db import Database
from bot.desks import Desks
from bot.handling.blocking import Blocking
from bot.handling.facts import Facts
from bot.handling.fields import Fields
from bot.handling.give_back import GivingBack
from bot.handling.labels import Labels
from bot.handling.merging import Merging
from bot.handling.notes import Notes
from bot.handling.priorities import Priorities
from bot.handling.ratings import Ratings
from bot.handling.transfer import Transfers
from bot.handoff.service import Handoffs
from bot.live import Bus
from bot.merged.service import CustomerMerging
from bot.queue.service import QueueWatch
from bot.targets.service import Targets


@dataclass(frozen=True)
class Handling:
    """What agents can do with a conversation beside answering it."""

    notes: Notes
    facts: Facts
    transfers: Transfers
    giving_back: GivingBack
    labels: Labels
    fields: Fields
    ratings: Ratings
    blocking: Blocking
    merging: Merging
    priorities: Priorities
    customers: CustomerMerging

    @classmethod
    def of(
        cls,
        db: Database,
        *,
        conversations: Conversations,
        handoffs: Handoffs,
        queue: QueueWatch,
        desks: Desks,
        bus: Bus,
        targets: Targets,
    ) -> "Handling":
        """Opens nothing yet."""
        notes = Notes(db, conversations=conversations, bus=bus)
        return cls(
            notes=notes,
            facts=Facts(db, conversations=conversations),
            transfers=Transfers(
                db,
                conversations=conversations,
                handoffs=handoffs,
                notes=notes,
                queue=queue,
                desks=desks,
            ),
            giving_back=GivingBack(db, conversations=conversations, handoffs=handoffs),
            labels=Labels(db, conversations=conversations),
            fields=Fields(db, conversations=conversations, desks=desks),
            ratings=Ratings(db, conversations=conversations),
            blocking=Blocking(db, conversations=conversations, handoffs=handoffs),
            merging=Merging(db, conversations=conversations, handoffs=handoffs),
            priorities=Priorities(db, conversations=conversations, targets=targets),
            customers=CustomerMerging(db, bus=bus),
        )
