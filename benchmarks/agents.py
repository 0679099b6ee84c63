"""Agents with an open inbox that fetches what an agent's browser would fetch."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import httpx
from sqlalchemy import select, update

from benchmarks.customer import DESK, PATIENCE_SECONDS
from bot.accounts.errors import AgentExists
from bot.accounts.models import Agent
from bot.accounts.service import Accounts
from bot.conversations.models import Conversation
from bot.db import Database

EPOCH = re.compile(r'name="epoch" value="(\d+)"')
HIDDEN = re.compile(r'name="([a-z_]+)" value="([^"]*)"')
# `more` is left out: a page that reads on after a gap is at the end again.
CURSOR = ("window", "after", "notes", "changes", "page_epoch", "head_digest", "card_digest")


@dataclass(frozen=True)
class Hired:
    """An agent who is signed in."""

    session: str
    csrf: str


async def hire(database: str, count: int) -> list[Hired]:
    """Makes accounts in the desk's database and signs them in."""
    db = Database(database)
    accounts = Accounts(db, session_hours=12)
    hired = []
    for number in range(count):
        email = f"bench{number}@example.com"
        try:
            password = await accounts.add_agent(email, f"Bench {number}", [DESK, "it-help"])
        except AgentExists:
            password = await accounts.reset_password(email)
        async with db.write() as tx:
            changed = update(Agent).where(Agent.email == email).values(must_change_password=False)
            await tx.session.execute(changed)
        token = await accounts.sign_in(email, password)
        who = await accounts.who(token)
        if who is None:
            raise RuntimeError(f"{email} cannot sign in")
        hired.append(Hired(token, who.csrf))
    await db.close()
    return hired


async def conversation_ids(database: str, status: str, limit: int) -> list[str]:
    """Some conversations with this status, spread over the whole table."""
    db = Database(database)
    async with db.read() as session:
        found = await session.scalars(
            select(Conversation.id).where(Conversation.status == status).limit(limit)
        )
        ids = list(found)
    await db.close()
    return ids


@dataclass
class Page:
    """A browser's tab with the inbox; `watch` runs beside whoever clicks."""

    http: httpx.AsyncClient
    agent: Hired
    conversation: str = ""
    epoch: str = ""
    view: str = "mine"
    seen: dict[str, float] = field(default_factory=dict)
    fetched: dict[str, int] = field(default_factory=lambda: {"list": 0, "news": 0})
    _cursor: dict[str, str] = field(default_factory=lambda: {"visible": "1"})
    _digest: str = ""
    _expected: dict[str, asyncio.Future[float]] = field(default_factory=dict)
    _list_changed: asyncio.Event = field(default_factory=asyncio.Event)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def get(self, path: str, **query: str) -> str:
        """A page or a part of one."""
        # Nothing would take the place of the path's own query.
        response = await self.http.get(path, params=query or None)
        return response.raise_for_status().text

    async def clock(self, path: str) -> float:
        """Milliseconds until it is here."""
        began = time.perf_counter()
        await self.get(path)
        return (time.perf_counter() - began) * 1000

    async def act(self, action: str, **fields: str) -> str:
        """Presses a button of the open conversation."""
        data = {"csrf": self.agent.csrf, "epoch": self.epoch, "view": self.view} | fields
        path = f"/inbox/conversations/{self.conversation}/{action}"
        response = await self.http.post(path, data=data, headers={"HX-Request": "true"})
        return response.raise_for_status().text

    async def take(self, conversation: str) -> None:
        """Opens the conversation and claims it."""
        self.conversation = conversation
        self._show(await self.get(f"/inbox/conversations/{conversation}"))
        self._show(await self.act("claim"))

    async def reply(self, text: str) -> None:
        """Sends it to the customer; the page fetches its news, as after a click."""
        await self.act("reply", text=text, key=str(uuid4()))
        self._news.set()
        self._list_changed.set()

    def expect(self, text: str) -> asyncio.Future[float]:
        """When the page has shown this text."""
        return self._expected.setdefault(text, asyncio.get_running_loop().create_future())

    async def watch(self) -> None:
        """The live stream, and the fetches that it sets off: one of a kind at a time, as htmx."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._keep_list())
            tasks.create_task(self._keep_news())
            async with self.http.stream("GET", "/inbox/live", timeout=None) as stream:
                async for line in stream.aiter_lines():
                    name = line.removeprefix("event: ")
                    if name in ("list", "everything"):
                        self._list_changed.set()
                    if name in (f"conversation-{self.conversation}", "everything"):
                        self._news.set()

    async def _keep_list(self) -> None:
        while True:
            await self._list_changed.wait()
            self._list_changed.clear()
            asked = {"view": self.view, "open": self.conversation, "list_digest": self._digest}
            response = await self.http.get("/inbox/list", params=asked)
            self.fetched["list"] += 1
            self._digest = dict(HIDDEN.findall(response.text)).get("list_digest", self._digest)

    async def _keep_news(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            path = f"/inbox/conversations/{self.conversation}/news"
            self._show(await self.get(path, **self._cursor))
            self.fetched["news"] += 1

    def _show(self, html: str) -> None:
        now = time.perf_counter()
        if (epoch := EPOCH.search(html)) is not None:
            self.epoch = epoch[1]
        fields = dict(HIDDEN.findall(html))
        self._cursor |= {name: fields[name] for name in CURSOR if name in fields}
        for text, future in tuple(self._expected.items()):
            if text in html:
                del self._expected[text]
                if not future.done():
                    future.set_result(now)


@asynccontextmanager
async def page(service_url: str, agent: Hired) -> AsyncIterator[Page]:
    """An agent's browser at this service."""
    cookies = {"firstline_session": agent.session}
    # A browser asks once more where the desk closes an idle connection; we let go of it before.
    limits = httpx.Limits(keepalive_expiry=2)
    async with httpx.AsyncClient(
        base_url=service_url,
        cookies=cookies,
        trust_env=False,
        timeout=PATIENCE_SECONDS,
        limits=limits,
    ) as http:
        yield Page(http, agent)
