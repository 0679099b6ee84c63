"""Customers of a desk, and agents who say that two of them are one."""

from typing import Any

from sqlalchemy import select, text

from bot.accounts.models import Agent
from bot.audit.acts import Doer
from bot.conversations.models import Conversation, Customer
from bot.merged.repository import person_at
from bot.merged.service import Wish
from bot.tables import metadata
from tests.desk import DESK, TestDesk

# What a merge may write, and what the outbox may be noting: the rest has to stay as it is.
WRITTEN = ("customer_merges", "audit_entries", "deliveries", "delivery_attempts")
BOTH_DESKS = (DESK, "it-help")


async def writes(desk: TestDesk, thread: str, /, **fields: Any) -> str:
    """A first message under this address; the customer's id."""
    receipt = await desk.customer_says(f"I am {thread}", thread=thread, **fields)
    return (await desk.conversation(receipt.conversation)).customer_id


async def merge(desk: TestDesk, agent: Agent, kept: str, gone: str, **chosen: Any) -> str:
    wish = Wish(kept, gone, **chosen)
    return await desk.parts.handling.customers.merge(agent, Doer(agent), wish)


async def split(desk: TestDesk, agent: Agent, gone: str) -> str:
    return await desk.parts.handling.customers.split(agent, Doer(agent), gone)


async def together(desk: TestDesk, customer: str) -> set[str]:
    """Who is one person with the customer, as an agent of both desks sees it."""
    async with desk.db.read() as session:
        person = await person_at(session, customer, desks=BOTH_DESKS)
    assert person is not None
    return {one.id for one in person.members}


async def kept(desk: TestDesk) -> dict[str, str | None]:
    """Under whom each customer is."""
    async with desk.db.read() as session:
        rows = await session.execute(select(Customer.id, Customer.kept_id))
        return {row.id: row.kept_id for row in rows}


async def customer(desk: TestDesk, customer_id: str) -> Customer:
    async with desk.db.read() as session:
        return await session.get_one(Customer, customer_id)


async def conversations_of(desk: TestDesk, customer_id: str) -> list[str]:
    async with desk.db.read() as session:
        of_it = Conversation.customer_id == customer_id
        return list(await session.scalars(select(Conversation.id).where(of_it)))


async def everything(desk: TestDesk, *, but: tuple[str, ...] = WRITTEN) -> list[str]:
    """All that the database holds, as text."""
    held = []
    async with desk.db.read() as session:
        for table in metadata.tables:
            if table not in but:
                rows = await session.execute(text(f"SELECT * FROM {table}"))  # noqa: S608 - ours
                held += [f"{table}: {row}" for row in rows]
    return sorted(held)
