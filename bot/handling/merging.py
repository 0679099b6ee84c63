"""Two conversations about one thing: one goes on, the other is closed and linked to it.

They are of one customer, or of customers whom a lead has put together (bot/merged/): then the one
that goes on may be on another channel, where the answers go, and whoever reads the closed one is
told so. Messages stay where they were said, so no transcript changes. Undone, the link is gone and
both are as they were; the closed one stays closed, as closing is for good.
"""

from bot.accounts.models import Agent
from bot.conversations.errors import NotFound
from bot.conversations.models import Conversation
from bot.conversations.service import Conversations
from bot.conversations.state import Closing, Status, Trigger
from bot.db import Database, Transaction
from bot.handling.door import lock, lock_own
from bot.handling.errors import CannotMerge
from bot.handoff.errors import StaleSend
from bot.handoff.service import Handoffs, actor_of
from bot.merged.repository import group
from bot.records import repository
from bot.records.models import Merge

# Channels that a sentence to the customer names; of any other it says “your other conversation”.
TOLD = ("web", "slack", "telegram")


class Merging:
    """Each call is one transaction."""

    def __init__(self, db: Database, *, conversations: Conversations, handoffs: Handoffs) -> None:
        self._db = db
        self._conversations = conversations
        self._handoffs = handoffs

    async def merge(self, agent: Agent, conversation_id: str, *, epoch: int, main_id: str) -> None:
        """Closes the conversation in favour of `main_id`; raises CannotMerge, StaleSend …"""

        async def merge(tx: Transaction) -> bool:
            # Locked in one order, whoever merges which into which.
            first, second = sorted((conversation_id, main_id))
            if first == second:
                raise CannotMerge
            await lock(tx, agent, first)
            await lock(tx, agent, second)
            duplicate = await lock_own(
                tx, self._conversations, self._handoffs, agent, conversation_id, epoch=epoch
            )
            if duplicate is None:
                return False
            main = await lock(tx, agent, main_id)
            await self._check(tx, duplicate, main)
            tx.session.add(
                Merge(
                    conversation_id=duplicate.id,
                    main_id=main.id,
                    agent_id=agent.id,
                    agent_name=agent.name,
                )
            )
            if duplicate.status is not Status.CLOSED:
                await self._close(tx, duplicate, main, agent)
            self._conversations.record(
                tx, main, "merged", actor=actor_of(agent), details={"with": duplicate.id}
            )
            self._conversations.hint_status(tx, main)
            return True

        if not await self._db.attempt(merge):
            raise StaleSend

    async def undo(self, agent: Agent, conversation_id: str) -> None:
        """They are two again."""

        async def undo(tx: Transaction) -> None:
            duplicate = await lock(tx, agent, conversation_id)
            merge = await repository.merged_into(tx.session, duplicate.id)
            if merge is None:
                raise NotFound
            details = {"from": merge.main_id}
            await tx.session.delete(merge)
            self._conversations.record(
                tx, duplicate, "unmerged", actor=actor_of(agent), details=details
            )
            self._conversations.hint_status(tx, duplicate)

        await self._db.attempt(undo)

    async def _check(self, tx: Transaction, duplicate: Conversation, main: Conversation) -> None:
        """One person, and no chain or ring of links."""
        if main.customer_id not in await group(tx.session, duplicate.customer_id):
            raise CannotMerge
        if await repository.merged_into(tx.session, main.id) is not None:
            raise CannotMerge
        if await repository.merged_into(tx.session, duplicate.id) is not None:
            raise CannotMerge
        if await repository.duplicates_of(tx.session, duplicate.id):
            raise CannotMerge

    async def _close(
        self, tx: Transaction, duplicate: Conversation, main: Conversation, agent: Agent
    ) -> None:
        await self._conversations.move(
            tx,
            duplicate,
            Trigger.CLOSE,
            actor=actor_of(agent),
            details={"as": Closing.MERGED, "goes_on_in": main.id},
        )
        duplicate.closed_as = Closing.MERGED
        key = "merge.closed"
        if main.channel != duplicate.channel and main.channel in TOLD:
            key = f"merge.closed_for.{main.channel}"
        await self._conversations.tell(tx, duplicate, key)
