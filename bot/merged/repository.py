"""Every question about customers who are one person that is asked of the database."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select, union, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.conversations.models import Conversation, Customer
from bot.db import has_row_locks
from bot.identity.models import Identity
from bot.merged.models import CustomerMerge
from bot.merged.person import Person, person_of

TURN = 0x46_4C_4D_47  # of whoever puts customers together or takes them apart; any number of ours


async def groups(session: AsyncSession, ids: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Customer → all who are the same person, the customer included."""
    if not ids:
        return {}
    rows = await session.execute(select(Customer.id, Customer.kept_id).where(Customer.id.in_(ids)))
    return await _groups(session, {row.id: row.kept_id or row.id for row in rows})


async def _groups(session: AsyncSession, kept: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    together = {root: [root] for root in kept.values()}
    others = await session.execute(
        select(Customer.id, Customer.kept_id).where(Customer.kept_id.in_(list(together)))
    )
    for row in others:
        together[row.kept_id].append(row.id)
    return {id_: tuple(together[root]) for id_, root in kept.items()}


async def group(session: AsyncSession, customer_id: str) -> tuple[str, ...]:
    """All who are the same person; the customer alone when nobody is, or there is none."""
    return (await groups(session, (customer_id,))).get(customer_id, (customer_id,))


def same_people(customers: Select[Any]) -> Select[Any]:
    """For a question: the ids of all who are one person with any of these (a select of ids).

    However many these are, few are together with somebody: each part begins at those few.
    """
    these = select(customers.cte().c[0])
    one, other = aliased(Customer), aliased(Customer)
    are_together = one.kept_id.is_not(None)
    found = union(
        these,
        select(one.kept_id).where(one.id.in_(these), are_together),
        select(one.id).where(one.kept_id.in_(these), are_together),
        select(one.id)
        .join(other, other.kept_id == one.kept_id)
        .where(other.id.in_(these), are_together, other.kept_id.is_not(None)),
    ).subquery()
    return select(found.c[0])


async def persons(
    session: AsyncSession, kept: Mapping[str, str], desks: Sequence[str]
) -> Mapping[str, Person]:
    """Customer → the person, where that is several who wrote to these desks; nobody else.

    `kept`: customer → under whom they are. Where nobody is together, it is one short question.
    """
    together = await _groups(session, kept)
    together = {id_: members for id_, members in together.items() if len(members) > 1}
    if not together:
        return {}
    of_root = {members[0]: members for members in together.values()}
    every = [one for members in of_root.values() for one in members]
    rows = await session.scalars(select(Customer).where(Customer.id.in_(every), wrote_to(desks)))
    seen: dict[str, list[Customer]] = defaultdict(list)
    for row in rows:
        seen[row.kept_id or row.id].append(row)
    merges = await merges_among(session, every)
    made = {
        root: person_of(there, [merge for merge in merges if merge.gone_id in of_root[root]])
        for root, there in seen.items()
    }
    return {id_: made[members[0]] for id_, members in together.items() if members[0] in made}


async def person_at(
    session: AsyncSession, customer_id: str, *, desks: Sequence[str]
) -> Person | None:
    """The person whom this customer is; only who wrote to these desks is seen of them."""
    members = await group(session, customer_id)
    seen = await session.scalars(select(Customer).where(Customer.id.in_(members), wrote_to(desks)))
    there = seen.all()
    if not there:
        return None
    return person_of(there, await merges_among(session, members) if len(members) > 1 else ())


async def merges_among(session: AsyncSession, ids: Collection[str]) -> Sequence[CustomerMerge]:
    """What holds among these customers now."""
    found = await session.scalars(
        select(CustomerMerge).where(
            CustomerMerge.gone_id.in_(list(ids)), CustomerMerge.undone_at.is_(None)
        )
    )
    return found.all()


async def merge_of(session: AsyncSession, gone_id: str) -> CustomerMerge | None:
    """What puts this customer under another one now."""
    return await session.scalar(
        select(CustomerMerge).where(
            CustomerMerge.gone_id == gone_id, CustomerMerge.undone_at.is_(None)
        )
    )


async def signed_for_two(session: AsyncSession, ids: Collection[str]) -> bool:
    """Whether one host site signed for several of these: to it they are two users."""
    twice = (
        select(Identity.desk)
        .where(Identity.customer_id.in_(list(ids)))
        .group_by(Identity.desk)
        .having(func.count() > 1)
    )
    return await session.scalar(twice.limit(1)) is not None


async def identities_of(session: AsyncSession, ids: Iterable[str]) -> Mapping[str, Identity]:
    """What was signed about these, by customer."""
    found = await session.scalars(select(Identity).where(Identity.customer_id.in_(list(ids))))
    return {one.customer_id: one for one in found}


async def take_turn(session: AsyncSession) -> None:
    """One at a time puts customers together or takes them apart, in whatever process.

    It is rare and short, and two at once could make a ring. On SQLite whoever writes is alone.
    """
    if has_row_locks(session):
        await session.execute(select(func.pg_advisory_xact_lock(TURN)))


async def lock_customers(session: AsyncSession, ids: Iterable[str]) -> Sequence[Customer]:
    """Those that there are, locked in one order: a first message of theirs waits, or we do."""
    found = await session.scalars(
        select(Customer)
        .where(Customer.id.in_(sorted(set(ids))))
        .order_by(Customer.id)
        .with_for_update(key_share=True)
    )
    return found.all()


async def put_under(session: AsyncSession, ids: Collection[str], kept_id: str) -> None:
    """From now on these are shown under that one."""
    await session.execute(
        update(Customer)
        .where(Customer.id.in_(list(ids)), Customer.id != kept_id)
        .values(kept_id=kept_id)
        .execution_options(synchronize_session=False)
    )
    await session.execute(
        update(Customer)
        .where(Customer.id == kept_id, Customer.kept_id.is_not(None))
        .values(kept_id=None)
        .execution_options(synchronize_session=False)
    )


async def open_conversations(session: AsyncSession, ids: Collection[str]) -> Sequence[str]:
    """Ids of what these customers have that is not closed: lists that show them change."""
    found = await session.scalars(
        select(Conversation.id).where(
            Conversation.customer_id.in_(list(ids)), Conversation.closed_at.is_(None)
        )
    )
    return found.all()


def wrote_to(desks: Sequence[str]) -> ColumnElement[bool]:
    """For a question about customers: whether they ever wrote to one of these desks."""
    return exists().where(Conversation.customer_id == Customer.id, Conversation.desk.in_(desks))
