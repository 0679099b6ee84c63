"""The whole service in process, and agents' browsers: no script, but cookies, forms and pages."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy import select, update

from bot.accounts.models import AccountMail, Agent
from bot.accounts.permissions import Role
from bot.assembly import Parts
from bot.channel import InboundMessage
from bot.conversations.models import Conversation, Event, Message
from bot.dialogue.turn import Engine
from bot.main import create_app
from bot.outbox.repository import count_by_status
from bot.settings import Settings
from tests.databases import database_of
from tests.desk import DESK, PATIENCE_SECONDS

# Nobody listens on the discard port, so every turn ends in the queue, as when Rasa is down.
NO_ENGINE = "http://127.0.0.1:9"
ORIGIN = "http://desk.test"


@dataclass
class AgentBrowser:
    """A browser in which an agent is signed in."""

    http: httpx.AsyncClient
    agent: Agent
    csrf: str

    async def page(self, path: str, **query: Any) -> str:
        response = await self.http.get(path, params=query)
        assert response.status_code == 200, response.text
        return response.text

    async def post(self, path: str, *, htmx: bool = True, **fields: Any) -> httpx.Response:
        headers = {"HX-Request": "true"} if htmx else {}
        return await self.http.post(path, data={"csrf": self.csrf} | fields, headers=headers)

    async def act(self, conversation: str, action: str, **fields: Any) -> httpx.Response:
        return await self.post(f"/inbox/conversations/{conversation}/{action}", **fields)


class Office:
    """The desk with its inbox, without an engine unless the test brings one."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self.parts: Parts = app.state.parts
        self._sent = 0
        self._browsers: list[httpx.AsyncClient] = []

    def browser(self, address: str = "127.0.0.1") -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.app, client=(address, 50_000))
        http = httpx.AsyncClient(transport=transport, base_url=ORIGIN)
        self._browsers.append(http)
        return http

    async def close(self) -> None:
        for http in self._browsers:
            await http.aclose()
        await self.deliveries_are_written_down()

    async def deliveries_are_written_down(self) -> None:
        """Until the outbox has noted how every delivery went, so that it stops at rest."""
        await self.settle()
        ends = monotonic() + PATIENCE_SECONDS
        while monotonic() < ends:
            async with self.parts.db.read() as session:
                if not (await count_by_status(session)).get("waiting"):
                    return
            await asyncio.sleep(0.01)

    async def hire(
        self,
        name: str = "Anna",
        desks: Sequence[str] = (DESK,),
        *,
        role: Role = Role.AGENT,
        address: str = "127.0.0.1",
    ) -> AgentBrowser:
        """An agent who has changed the one-time password and is signed in."""
        email = f"{name.lower()}@example.com"
        password = await self.parts.accounts.add_agent(email, name, desks, role=role)
        async with self.parts.db.write() as tx:
            changed = update(Agent).where(Agent.email == email).values(must_change_password=False)
            await tx.session.execute(changed)
        token = await self.parts.accounts.sign_in(email, password)
        who = await self.parts.accounts.who(token)
        assert who is not None
        http = self.browser(address)
        http.cookies.set("firstline_session", token)
        return AgentBrowser(http, who.agent, who.csrf)

    async def customer_says(self, text: str, *, thread: str = "t1", **fields: Any) -> str:
        """The conversation's id, once everything that the message sets off is done."""
        self._sent += 1
        inbound = InboundMessage(
            channel="web",
            thread=thread,
            customer=thread,
            desk=DESK,
            external_id=f"{thread}:{self._sent}",
            language="en",
            text=text,
        )
        inbound = replace(inbound, **fields)
        receipt = await self.parts.frontdesk.receive_customer_message(inbound)
        await self.settle()
        return receipt.conversation

    async def settle(self) -> None:
        ends = monotonic() + PATIENCE_SECONDS
        while monotonic() < ends:
            if not self.parts.turns._tasks and not self.parts.outbox._tasks:
                return
            await asyncio.sleep(0.01)
        raise AssertionError("the desk does not come to rest")

    async def conversation(self, conversation_id: str) -> Conversation:
        async with self.parts.db.read() as session:
            return await session.get_one(Conversation, conversation_id)

    async def epoch(self, conversation_id: str) -> int:
        return (await self.conversation(conversation_id)).epoch

    async def messages(self, conversation_id: str) -> list[Message]:
        async with self.parts.db.read() as session:
            of_it = Message.conversation_id == conversation_id
            return list(await session.scalars(select(Message).where(of_it).order_by(Message.seq)))

    async def events(self, conversation_id: str) -> list[str]:
        async with self.parts.db.read() as session:
            of_it = Event.conversation_id == conversation_id
            return list(await session.scalars(select(Event.kind).where(of_it).order_by(Event.id)))


async def mails_are_out(office: Office) -> None:
    """Until no mail about an account waits to be tried for the first time."""
    postman = office.parts.account_mails.postman
    assert postman is not None
    untried = select(AccountMail.id).where(AccountMail.status == "waiting").limit(1)
    untried = untried.where(AccountMail.problem.is_(None))
    ends = monotonic() + PATIENCE_SECONDS
    while monotonic() < ends:
        await postman.sweep()
        async with office.parts.db.read() as session:
            if await session.scalar(untried) is None:
                return
        await asyncio.sleep(0.02)
    raise AssertionError("a mail is not sent")


@asynccontextmanager
async def open_office(
    folder: Path, *, engine: Engine | None = None, **settings: Any
) -> AsyncIterator[Office]:
    """Starts and stops the service."""
    values: dict[str, Any] = {
        "data_dir": folder,
        "database_url": database_of(folder),
        "engine_url": NO_ENGINE,
        "log_level": "error",
        "undo_send_seconds": 0,
    }
    app = create_app(Settings(**(values | settings)), engine=engine)
    async with app.router.lifespan_context(app):
        office = Office(app)
        try:
            yield office
        finally:
            await office.close()
