"""A desk that mails its agents, and what tests ask of it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import time_machine
from sqlalchemy import select

from bot.accounts.models import Agent
from bot.alerts.models import AgentAlert
from bot.alerts.rules import Choice, Kind, Way, When
from bot.inbox.reading import mark_read
from tests.bot.assignment.desks import comes, desks_file
from tests.desk import DESK, TestDesk, open_desk

WEDNESDAY = datetime.fromisoformat("2026-11-25T10:30:00+01:00")
HOURS = 'hours = { wednesday = ["9:00-17:00"] }'
TARGETS = f"\n[{DESK}.targets]\nfirst_response_minutes = 60\n"
PATIENCE = timedelta(seconds=60)
EVERYTHING = frozenset(Kind)
TEXT = "My card was charged twice"


@asynccontextmanager
async def mailing_desk(
    folder: Path,
    port: int,
    *,
    rule: str = 'strategy = "pull"',
    targets: str = TARGETS,
    **settings: Any,
) -> AsyncIterator[TestDesk]:
    """Its mail server listens at that port of this machine."""
    path = desks_file(folder, rule, HOURS)
    path.write_text(path.read_text("utf-8") + targets, "utf-8")
    values = {
        "desks_file": path,
        "smtp_url": f"smtp+plain://127.0.0.1:{port}",
        "smtp_from": "Acme Help <help@acme.example>",
        "public_url": "https://desk.acme.example",
    }
    async with open_desk(folder, **(values | settings)) as desk:
        yield desk


async def wants(
    desk: TestDesk,
    agent: Agent,
    kinds: frozenset[Kind] = EVERYTHING,
    *,
    when: When = When.HERE,
    way: Way = Way.MAIL,
) -> None:
    choice = Choice(kinds, int(PATIENCE.total_seconds()), when)
    await desk.parts.alerts.choose(agent.id, way, choice)


async def listener(desk: TestDesk, name: str = "Anna", **columns: Any) -> Agent:
    """An agent with an open inbox who wants to be told of everything."""
    agent = await comes(desk, name, **columns)
    await wants(desk, agent)
    return agent


async def customer_waits(desk: TestDesk, thread: str = "t1") -> str:
    await desk.customer_says(TEXT, thread=thread)
    await desk.bot_answers("I see.", intent="charged_twice")
    return (await desk.customer_asks_for_human(thread=thread)).conversation


async def looks(desk: TestDesk, agent: Agent, conversation: str) -> None:
    """As the open page does it."""
    last = (await desk.conversation(conversation)).last_seq
    await mark_read(desk.db, agent, conversation, last, publish=desk.parts.bus.publish)
    await desk.parts.handling.notes.saw(agent, conversation)


async def later(
    desk: TestDesk, clock: time_machine.Traveller, *here: Agent, by: timedelta = PATIENCE
) -> int:
    """Time passes, these agents' inboxes stay open, and what is due is sent: how much was tried."""
    clock.shift(by)
    for agent in here:
        await desk.parts.presence.heartbeat(agent.id)
    return await desk.parts.alerts.postman.sweep()


async def rows(desk: TestDesk) -> Sequence[AgentAlert]:
    async with desk.db.read() as session:
        return (await session.scalars(select(AgentAlert).order_by(AgentAlert.kind))).all()


async def outcomes(desk: TestDesk) -> dict[str, tuple[str, str | None]]:
    """Kind → what became of it, and why."""
    return {row.kind: (row.status, row.problem) for row in await rows(desk)}


async def hands_over(desk: TestDesk, agent: Agent, conversation: str, to: Agent) -> None:
    """As the colleague who has it does."""
    epoch = (await desk.conversation(conversation)).epoch
    await desk.parts.handling.transfers.to_agent(agent, conversation, epoch=epoch, to_id=to.id)
