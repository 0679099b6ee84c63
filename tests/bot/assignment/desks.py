"""A desk that gives its conversations away, and agents who are there."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from bot.accounts.models import Agent
from bot.accounts.standing import State
from bot.assignment.models import Assignment
from bot.conversations.models import Conversation
from tests.desk import DESK, TestDesk, open_desk

RULE = 'strategy = "least_busy"\ncapacity = 2'


def desks_file(folder: Path, rule: str = RULE, more: str = "") -> Path:
    """One desk with this rule."""
    path = folder / "desks.toml"
    path.write_text(
        f'[{DESK}]\nname = {{ en = "Care", pl = "Klienci" }}\ntimezone = "Europe/Warsaw"\n{more}\n'
        f"[{DESK}.assignment]\n{rule}\n",
        "utf-8",
    )
    return path


@asynccontextmanager
async def giving_desk(
    folder: Path, rule: str = RULE, more: str = "", **settings: Any
) -> AsyncIterator[TestDesk]:
    async with open_desk(folder, desks_file=desks_file(folder, rule, more), **settings) as desk:
        yield desk


async def comes(desk: TestDesk, name: str, **columns: Any) -> Agent:
    """An agent who opens an inbox, online."""
    agent = await desk.add_agent(name)
    await change(desk, agent, **columns)
    await desk.parts.presence.heartbeat(agent.id)
    return agent


async def change(desk: TestDesk, agent: Agent, **columns: Any) -> None:
    if columns:
        async with desk.db.write() as tx:
            of_it = update(Agent).where(Agent.id == agent.id).values(**columns)
            await tx.session.execute(of_it)


async def chooses(desk: TestDesk, agent: Agent, state: State) -> None:
    await desk.parts.presence.choose(agent.id, state)
    await desk.settle()


async def asks(desk: TestDesk, *threads: str, **fields: Any) -> list[str]:
    """Customers who want a person, one after the other; their conversations."""
    return [
        (await desk.customer_asks_for_human(thread=thread, **fields)).conversation
        for thread in threads
    ]


async def owners(desk: TestDesk, conversations: Sequence[str]) -> list[str | None]:
    return [(await desk.conversation(one)).agent_name for one in conversations]


async def close(desk: TestDesk, agent: Agent, conversation: str) -> None:
    epoch = (await desk.conversation(conversation)).epoch
    await desk.handoffs.close(agent, conversation, epoch=epoch)


async def assignments(desk: TestDesk, conversation: str | None = None) -> list[Assignment]:
    async with desk.db.read() as session:
        found = select(Assignment).order_by(Assignment.id)
        if conversation is not None:
            found = found.where(Assignment.conversation_id == conversation)
        return list(await session.scalars(found))


async def queued_first(desk: TestDesk) -> list[Conversation]:
    async with desk.db.read() as session:
        return list(
            await session.scalars(select(Conversation).where(Conversation.status == "queued"))
        )
