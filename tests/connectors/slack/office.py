"""An organization whose IT desk is in Slack: the real service, connected to the fake Slack."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.accounts.models import Agent
from bot.assembly import Parts
from bot.channel import Workspace
from bot.conversations.models import Conversation, Customer, Message
from bot.outbox.models import Delivery
from tests.connectors.slack.fake import APP_TOKEN, BOT_TOKEN, SECRET, FakeSlack, Json
from tests.connectors.slack.fake_methods import BOT_USER
from tests.desk import ScriptedEngine, answer
from tests.server import Server, open_server

REQUESTS, ON_MENTION, ELSEWHERE = "C0ITHELP", "C0RANDOM", "C0OTHER"
TRIAGE = "G0TRIAGE"
ADA, BOB, OLA, GUEST, STRANGER = "U0ADA", "U0BOB", "U0OLA", "U0GUEST", "U0STRANGER"
ADAS_MESSAGES = "D0ADA"
DESKS = f"""
[it-help]
name = {{ en = "IT help", pl = "Pomoc IT" }}
[it-help.slack]
channels = ["{REQUESTS}"]
mention_channels = ["{ON_MENTION}"]
direct_messages = true
"""


@dataclass
class Office:
    """The service and the Slack that it is in."""

    slack: FakeSlack
    server: Server
    folder: Path

    @property
    def engine(self) -> ScriptedEngine:
        return self.server.engine

    @property
    def parts(self) -> Parts:
        return self.server.app.state.parts  # type: ignore[no-any-return]

    async def messages(self, thread: str | None = None) -> list[tuple[str, str]]:
        """(author, words) of everything that was said, of one thread or of all."""
        async with self.parts.db.read() as session:
            wanted = (
                select(Message, Conversation.thread)
                .join(Conversation, Conversation.id == Message.conversation_id)
                .order_by(Message.created_at, Message.seq)
            )
            return [
                (message.author_kind, message.text)
                for message, key in await session.execute(wanted)
                if thread is None or key.endswith(thread)
            ]

    async def conversations(self) -> list[Conversation]:
        async with self.parts.db.read() as session:
            found = await session.scalars(select(Conversation).order_by(Conversation.created_at))
            return list(found)

    async def customer(self, customer_id: str) -> Customer:
        async with self.parts.db.read() as session:
            return await session.get_one(Customer, customer_id)

    async def attachments(self) -> list[Json]:
        """The files of all messages."""
        async with self.parts.db.read() as session:
            found = await session.scalars(select(Message.attachments))
            return [file for files in found for file in files or ()]

    async def agent(self, name: str = "Anna") -> Agent:
        """A new account of the IT desk."""
        email = f"{name.lower()}@acme.example"
        await self.parts.accounts.add_agent(email, name, ["it-help"])
        async with self.parts.db.read() as session:
            return (await session.scalars(select(Agent).where(Agent.name == name))).one()

    async def dead_letters(self, count: int) -> list[Delivery]:
        """Once there are so many."""
        for _ in range(3000):
            async with self.parts.db.read() as session:
                rows = await session.scalars(select(Delivery).where(Delivery.status == "dead"))
                found = list(rows)
            if len(found) >= count:
                return found
            await asyncio.sleep(0.005)
        raise AssertionError(f"only {found}")

    async def waiting_deliveries(self) -> list[Delivery]:
        """What is not out yet."""
        async with self.parts.db.read() as session:
            rows = await session.scalars(select(Delivery).where(Delivery.status == "waiting"))
            return list(rows)

    async def workspaces(self) -> list[Workspace]:
        """The installations."""
        assert self.parts.slack is not None
        return await self.parts.slack.calls.teams._store.all("slack")

    async def until_asked(self, count: int) -> None:
        """Until the engine was asked so often."""
        await self.until(lambda: len(self.engine.requests) >= count)

    async def until(self, true: Callable[[], bool]) -> None:
        for _ in range(3000):
            if true():
                return
            await asyncio.sleep(0.005)
        raise AssertionError("not in time")

    async def said(self, count: int, thread: str | None = None) -> list[tuple[str, str]]:
        """Once so much was said."""
        for _ in range(3000):
            found = await self.messages(thread)
            if len(found) >= count:
                return found
            await asyncio.sleep(0.005)
        raise AssertionError(f"only {found}")

    async def nothing_under_way(self) -> None:
        """Until all that Slack has sent is worked off, and all answers are out."""
        slack = self.server.app.state.slack
        await slack.slack.later.rest()


def furnish(slack: FakeSlack) -> None:
    """The organization's people and channels."""
    slack.add_channel(REQUESTS, "it-help")
    slack.add_channel(ON_MENTION, "random")
    slack.add_channel(ELSEWHERE, "other")
    slack.add_channel(TRIAGE, "it-triage", is_private=True, members=[BOT_USER, OLA, BOB])
    slack.add_user(ADA, "Ada Kowalska")
    slack.add_user(BOB, "Bob Stone")
    slack.add_user(OLA, "Ola Nowak", locale="pl-PL")
    slack.add_user(GUEST, "Gus Guest", is_restricted=True)
    slack.add_user(STRANGER, "Sam Stranger", team_id="T0OTHER", is_stranger=True)


@asynccontextmanager
async def open_office(
    slack: FakeSlack, folder: Path, *, desks: str = DESKS, http: bool = False, **settings: Any
) -> AsyncIterator[Office]:
    """The service on a free port, once its socket is open (`http`: events come as requests)."""
    furnish(slack)
    file = folder / "desks.toml"
    file.write_text(desks, "utf-8")
    keys: dict[str, Any] = {"slack_bot_token": BOT_TOKEN, "slack_api_url": slack.url}
    keys |= {"slack_signing_secret": SECRET} if http else {"slack_app_token": APP_TOKEN}
    before = len(slack.sockets)
    async with open_server(folder, desks_file=file, **(keys | settings)) as server:
        server.engine.at_once = answer("Restart it.", answered="utter_it_restart")
        if not http:
            await slack.until(lambda: len(slack.sockets) > before, "a socket")
        yield Office(slack, server, folder)


def actions_of(post: Json) -> dict[str, Json]:
    """The buttons of a post, by what they say."""
    return {
        element["text"]["text"]: element
        for block in post.get("blocks") or []
        if block["type"] == "actions"
        for element in block["elements"]
    }
