"""Every route × every role: no token can do what the role of its account may not."""

from pathlib import Path

import httpx
import pytest
from sqlalchemy import update

from bot.accounts.models import Agent
from bot.accounts.permissions import Role
from bot.api_tokens.errors import RoleLacksScope
from bot.api_tokens.scopes import ASKS, Scope
from tests.bot.api.conftest import ApiDesk, open_api
from tests.bot.api.test_api import NEEDS

pytestmark = pytest.mark.asyncio

# The lowest role for which a scope is worth something.
LOWEST = {scope: Role.AGENT for scope in Scope} | {Scope.MANAGE_WEBHOOKS: Role.ADMIN}
RANKS = list(Role)
BODIES = ({"epoch": 1}, {"text": "x"}, {"text": "x", "epoch": 1}, {"url": "https://a.example"})


async def becomes(api: ApiDesk, role: Role) -> None:
    async with api.parts.db.write() as tx:
        await tx.session.execute(update(Agent).values(role=role))


async def refusal(program: httpx.AsyncClient, method: str, path: str) -> str | None:
    """The code with which the role, or a scope, is refused; nothing is there, so it may be 404."""
    for body in BODIES:
        answer = await program.request(method, path, json=body)
        if answer.status_code != 422:  # the shape is looked at first
            break
    assert answer.status_code < 429, (method, path)
    return str(answer.json()["error"]["code"]) if answer.status_code == 403 else None


async def test_a_token_does_nothing_that_its_agents_role_may_not(tmp_path: Path) -> None:
    async with open_api(tmp_path, api_requests_burst=10_000) as api:
        program = await api.program(await api.agent())  # all scopes: Anna is an admin still
        for role in (*RANKS[::-1], Role.ADMIN):  # down step by step, and up again
            await becomes(api, role)
            for method, path, scope in NEEDS:
                is_above = RANKS.index(role) < RANKS.index(LOWEST[scope])
                expected = "role_lacks_scope" if is_above else None
                assert await refusal(program, method, path) == expected, f"{role} {method} {path}"
            assert (await program.get("/me")).status_code == 200


async def test_who_is_not_permitted_is_told_so_when_the_token_is_made(api: ApiDesk) -> None:
    email = await api.agent(role=Role.MANAGER)
    with pytest.raises(RoleLacksScope, match="manager"):
        await api.parts.programs.tokens.add(
            email, "crm", [Scope.READ_EVENTS, Scope.MANAGE_WEBHOOKS]
        )
    assert await api.parts.programs.tokens.all() == []


async def test_every_scope_asks_for_a_permission() -> None:
    assert set(ASKS) == set(Scope)
