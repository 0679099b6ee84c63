"""Tokens: made once, checked always, gone when revoked."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import select, update

from bot.accounts.errors import NoSuchAgent
from bot.accounts.models import Agent
from bot.api_tokens.errors import NoSuchScope, NoSuchToken
from bot.api_tokens.models import ApiToken
from bot.api_tokens.scopes import Scope
from bot.audit.models import AuditEntry
from bot.clock import now
from tests.bot.api.conftest import ApiDesk, open_api

pytestmark = pytest.mark.asyncio


async def test_only_a_hash_is_kept(api: ApiDesk) -> None:
    token = await api.parts.programs.tokens.add(await api.agent(), "crm", ["events:read"])
    assert token.startswith("fl_")
    async with api.parts.db.read() as session:
        row = (await session.scalars(select(ApiToken))).one()
    assert token not in str(vars(row))


async def test_it_ends_when_revoked_expired_or_its_agent_is_disabled(api: ApiDesk) -> None:
    tokens, email = api.parts.programs.tokens, await api.agent()
    one, two = [await tokens.add(email, name, ["agents:read"], days=1) for name in ("a", "b")]
    found = await tokens.who(one)
    assert found is not None
    assert found.scopes == {Scope.READ_AGENTS}
    assert await tokens.revoke("a") == 1
    assert await tokens.who(one) is None
    with pytest.raises(NoSuchToken):
        await tokens.revoke("a")
    async with api.parts.db.read() as session:
        log = await session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        acts = [(row.act, row.subject_name, row.details.get("token")) for row in log]
    assert acts[-3:] == [
        ("api_token_made", "Anna", "a"),
        ("api_token_made", "Anna", "b"),
        ("api_token_revoked", "Anna", "a"),
    ]
    with time_machine.travel(now() + timedelta(days=1, seconds=1)):
        assert await tokens.who(two) is None
    assert await tokens.who(two) is not None
    async with api.parts.db.write() as tx:
        await tx.session.execute(update(Agent).values(disabled_at=now()))
    assert await tokens.who(two) is None


async def test_a_wrong_scope_or_agent_is_told(api: ApiDesk) -> None:
    tokens, email = api.parts.programs.tokens, await api.agent()
    with pytest.raises(NoSuchScope, match="events:read"):
        await tokens.add(email, "x", ["everything"])
    with pytest.raises(NoSuchAgent):
        await tokens.add("nobody@example.com", "x", ["events:read"])


async def test_too_fast_is_told_with_how_long_to_wait(tmp_path: Path) -> None:
    async with open_api(tmp_path, api_requests_burst=2, api_requests_per_second=0.01) as desk:
        program = await desk.program(await desk.agent())
        answers = [await program.get("/me") for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert answers[-1].json()["error"]["code"] == "too_fast"


async def test_bad_requests_name_the_field(api: ApiDesk) -> None:
    program = await api.program(await api.agent())
    refused = await program.post("/webhooks", json={"url": "https://a.example", "colour": "red"})
    assert refused.status_code == 422
    assert refused.json()["error"]["where"] == ["body.colour: Extra inputs are not permitted"]
    broken = await program.post(
        "/webhooks", content=b"{", headers={"content-type": "application/json"}
    )
    assert broken.status_code == 400
    nowhere = await program.get("/nowhere")
    assert nowhere.status_code == 404
    assert nowhere.json()["error"]["code"] == "http_404"
