"""Puts customers together and takes them apart; nothing of theirs is touched (ADR 28).

What a channel may read or say goes by its own key, which no merge changes: only what agents see
follows the person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from bot.accounts.models import Agent
from bot.audit.acts import Act, Doer
from bot.audit.repository import record
from bot.clock import now
from bot.conversations.errors import NoSuchCustomer
from bot.conversations.models import Customer
from bot.conversations.news import INBOX_TOPIC
from bot.db import Database, Transaction
from bot.live import Bus, Hint
from bot.merged import repository
from bot.merged.errors import (
    AlreadyOnePerson,
    MergeChanged,
    NotTogether,
    SignedForTwo,
    TooManyTogether,
)
from bot.merged.models import CustomerMerge
from bot.merged.person import Person, below, fingerprint

MOST_MEMBERS = 50


@dataclass(frozen=True)
class Wish:
    """Who goes under whom, and whose name, address and number are shown for both.

    `seen`: the fingerprint of who was together when the agent looked; None: whoever it is.
    """

    kept_id: str
    gone_id: str
    name_from: str | None = None
    email_from: str | None = None
    phone_from: str | None = None
    seen: str | None = None


class CustomerMerging:
    """Each call is one transaction, with its entry in the audit log."""

    def __init__(self, db: Database, *, bus: Bus) -> None:
        self._db = db
        self._bus = bus

    async def merge(self, agent: Agent, doer: Doer, wish: Wish) -> str:
        """The id of the kept one. Raises NoSuchCustomer, AlreadyOnePerson, SignedForTwo …"""

        async def merge(tx: Transaction) -> str:
            await repository.take_turn(tx.session)
            kept = await self._person(tx, agent, wish.kept_id)
            gone = await self._person(tx, agent, wish.gone_id)
            if kept.id == gone.id:
                raise AlreadyOnePerson
            staying = await repository.group(tx.session, kept.id)
            moving = await repository.group(tx.session, gone.id)
            both = (*staying, *moving)
            if wish.seen is not None and wish.seen != fingerprint(both):
                raise MergeChanged
            if len(both) > MOST_MEMBERS:
                raise TooManyTogether(limit=MOST_MEMBERS)
            if await repository.signed_for_two(tx.session, both):
                raise SignedForTwo
            await repository.lock_customers(tx.session, both)
            seen = {one.id: one for one in (*kept.members, *gone.members)}
            tx.session.add(
                CustomerMerge(
                    gone_id=gone.id,
                    kept_id=kept.id,
                    name_from=_chosen(seen, wish.name_from, kept.id),
                    email_from=_chosen(seen, wish.email_from, kept.id),
                    phone_from=_chosen(seen, wish.phone_from, kept.id),
                    agent_id=agent.id,
                    agent_name=agent.name,
                )
            )
            await repository.put_under(tx.session, moving, kept.id)
            record(tx, Act.CUSTOMERS_MERGED, doer, kept=kept.id, gone=gone.id, with_it=len(moving))
            await self._tell(tx, both)
            return kept.id

        return await self._db.attempt(merge)

    async def split(self, agent: Agent, doer: Doer, gone_id: str) -> str:
        """Takes apart what one merge put together; raises NoSuchCustomer, NotTogether.

        The id of the customer who was kept. Later merges of either side stay as they are.
        """

        async def split(tx: Transaction) -> str:
            await repository.take_turn(tx.session)
            person = await self._person(tx, agent, gone_id)
            if gone_id not in [one.id for one in person.members]:
                raise NoSuchCustomer
            merge = await repository.merge_of(tx.session, gone_id)
            if merge is None:
                raise NotTogether
            both = await repository.group(tx.session, gone_id)
            merge.undone_at, merge.undone_by = now(), agent.name
            await tx.session.flush()
            moving = below(gone_id, await repository.merges_among(tx.session, both))
            await repository.lock_customers(tx.session, both)
            await repository.put_under(tx.session, moving, gone_id)
            record(
                tx, Act.CUSTOMERS_SPLIT, doer, kept=merge.kept_id, gone=gone_id, with_it=len(moving)
            )
            await self._tell(tx, both)
            return person.id

        return await self._db.attempt(split)

    async def _person(self, tx: Transaction, agent: Agent, customer_id: str) -> Person:
        found = await repository.person_at(tx.session, customer_id, desks=agent.desks)
        if found is None:
            raise NoSuchCustomer
        return found

    async def _tell(self, tx: Transaction, ids: Sequence[str]) -> None:
        for conversation in await repository.open_conversations(tx.session, ids):
            hint = Hint(INBOX_TOPIC, "status", conversation)
            tx.after_commit(partial(self._bus.publish, hint))


async def goes_on_as(tx: Transaction, guest: Customer, person: Customer) -> None:
    """A guest logged in: what agents put together with the guest belongs to the person now.

    Unless the host site knows that they are two: then the guest's place stays empty, and the
    person, to whom the guest's conversations went, is not part of it.
    """
    if len(await repository.group(tx.session, guest.id)) == 1:
        return
    await repository.take_turn(tx.session)
    theirs = await repository.group(tx.session, person.id)
    there = await repository.group(tx.session, guest.id)
    both = {*theirs, *there}
    if person.id in there or len(there) == 1 or len(both) > MOST_MEMBERS:
        return
    if await repository.signed_for_two(tx.session, both):
        return
    tx.session.add(CustomerMerge(gone_id=theirs[0], kept_id=guest.id))
    await tx.session.flush()
    await repository.put_under(tx.session, theirs, there[0])


def _chosen(seen: dict[str, Customer], customer_id: str | None, kept_id: str) -> str:
    """One of those that the agent saw; the kept one when nothing was chosen."""
    return customer_id if customer_id is not None and customer_id in seen else kept_id
