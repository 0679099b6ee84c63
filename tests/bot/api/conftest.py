"""A desk with an API, and programs that ask it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest_asyncio

from bot.accounts.permissions import Role
from bot.api.app import PLACE
from bot.api_tokens.scopes import Scope
from bot.assembly import Parts
from tests.desk import DESK
from tests.server import Server, open_server

EVERYTHING = tuple(Scope)


@dataclass
class ApiDesk:
    """A running service, and tokens for it."""

    server: Server
    clients: AsyncExitStack

    @property
    def parts(self) -> Parts:
        found: Parts = self.server.app.state.parts
        return found

    async def agent(self, name: str = "Anna", *desks: str, role: Role = Role.ADMIN) -> str:
        """An account; its address."""
        email = f"{name.lower()}@example.com"
        await self.parts.accounts.add_agent(email, name, desks or (DESK,), role=role)
        return email

    async def program(
        self, agent: str, *scopes: str, name: str = "test", language: str = "en"
    ) -> httpx.AsyncClient:
        """A client with a token of its own."""
        token = await self.parts.programs.tokens.add(agent, name, scopes or EVERYTHING)
        await self.parts.programs.feed.look()
        headers = {"Authorization": f"Bearer {token}", "Accept-Language": language}
        client = httpx.AsyncClient(base_url=self.server.url + PLACE, headers=headers, timeout=60)
        return await self.clients.enter_async_context(client)


@asynccontextmanager
async def open_api(folder: Path, **settings: Any) -> AsyncIterator[ApiDesk]:
    """The desk; its clients are closed before it is."""
    async with open_server(folder, **settings) as server, AsyncExitStack() as clients:
        yield ApiDesk(server, clients)


@pytest_asyncio.fixture
async def api(tmp_path: Path) -> AsyncIterator[ApiDesk]:
    """The desk, with webhooks that may call this machine."""
    async with open_api(tmp_path, webhooks_to_private_addresses=True) as desk:
        yield desk
