"""Forgets a customer: one transaction, then their files (`bot.channel.ForgetDesk`).

What is counted stays (that there was a conversation, when, how long it waited, how it was rated);
what was said, by whom, and what leads back to a person goes. docs/forgetting.md lists it.
"""

from collections.abc import Sequence
from uuid import uuid4

import structlog

from bot.attachments.service import Attachments
from bot.conversations.models import Conversation, Customer
from bot.conversations.service import CUSTOMER, Conversations
from bot.conversations.state import Status
from bot.db import Database, Transaction
from bot.forgetting import repository
from bot.handoff.service import Handoffs
from bot.merged.repository import group, lock_customers, take_turn

WORDS = "…"  # in the place of everything that was said

log = structlog.get_logger()


class Forgetting:
    """The door for whoever leaves."""

    def __init__(
        self,
        db: Database,
        *,
        conversations: Conversations,
        handoffs: Handoffs,
        attachments: Attachments,
    ) -> None:
        self._db = db
        self._conversations = conversations
        self._handoffs = handoffs
        self._attachments = attachments

    async def forget(self, channel: str, customer: str) -> int:
        """Of how many conversations nothing is left but the numbers."""

        async def work(tx: Transaction) -> tuple[int, list[str]]:
            return await self._forget(tx, channel, customer)

        concerned, files = await self._db.attempt(work)
        await self._attachments.destroy(files)
        log.info("customer.forgotten", conversations=concerned, files=len(files))
        return concerned

    async def _forget(self, tx: Transaction, channel: str, key: str) -> tuple[int, list[str]]:
        # Nobody puts the customer together with another one meanwhile.
        await take_turn(tx.session)
        customer = await repository.lock_customer(tx.session, channel, key)
        if customer is None:
            return 0, []
        # Who are one person to the desk are forgotten together.
        members = await lock_customers(tx.session, await group(tx.session, customer.id))
        found: list[Conversation] = []
        files: list[str] = []
        for member in members:
            theirs, sent = await self._forget_one(tx, member)
            found += theirs
            files += sent
        return len(found), files

    async def _forget_one(
        self, tx: Transaction, customer: Customer
    ) -> tuple[Sequence[Conversation], list[str]]:
        channel = customer.channel
        found = await repository.lock_conversations(tx.session, customer.id)
        for conversation in found:
            if conversation.status is not Status.CLOSED:
                await self._handoffs.ended_by_customer(tx, conversation)
        await tx.session.flush()
        ids = [conversation.id for conversation in found]
        threads = list({conversation.thread for conversation in found})
        files = await repository.files_of(tx.session, ids, channel, threads)
        await repository.empty(tx.session, ids, WORDS)
        await repository.drop_deliveries(tx.session, ids)
        await repository.drop_person(
            tx.session, customer.id, channel, customer.external_id, threads
        )
        await repository.drop_files(tx.session, files)
        self._take_the_name_off(found)
        customer.name = customer.email = customer.phone = None
        customer.external_id = f"forgotten:{uuid4()}"
        for conversation in found:
            self._conversations.record(tx, conversation, "forgotten", actor=CUSTOMER)
            # Whoever has it open, also one that was closed before, goes on without the words.
            self._conversations.hint_status(tx, conversation)
        return found, files

    def _take_the_name_off(self, found: Sequence[Conversation]) -> None:
        for conversation in found:
            conversation.thread = f"forgotten:{conversation.id}"
            conversation.context = {}
            conversation.dialogue_state = conversation.handoff_details = None
            conversation.dialogue_fresh = True
