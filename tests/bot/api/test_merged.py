"""Customers who are one person have one id, for programs too."""

import pytest

from bot.accounts.models import Agent
from bot.accounts.repository import find_agent
from bot.audit.acts import Doer
from bot.merged.service import Wish
from tests.bot.api.conftest import ApiDesk
from tests.desk import answer

pytestmark = pytest.mark.asyncio


async def one(api: ApiDesk) -> str:
    """A customer's conversation."""
    async with api.server.browser() as browser:
        await browser.send(type="human", id="h1")
        return str((await browser.wait_for("ack"))["conversation"])


async def test_a_merged_id_answers_with_the_kept_one(api: ApiDesk) -> None:
    api.server.engine.at_once = answer("Yes.")
    email = await api.agent("Ola")
    program = await api.program(email)
    first, second = await one(api), await one(api)

    async def who(conversation: str) -> str:
        found = (await program.get(f"/conversations/{conversation}")).json()
        return str(found["customer"]["id"])

    kept, gone = await who(first), await who(second)
    async with api.parts.db.read() as session:
        ola: Agent | None = await find_agent(session, email)
    assert ola is not None
    await api.parts.handling.customers.merge(ola, Doer(ola), Wish(kept, gone))
    assert await who(second) == kept
    for asked in (kept, gone):
        found = (await program.get(f"/customers/{asked}")).json()
        assert (found["id"], found["others"]) == (kept, [gone])
        listed = (await program.get("/conversations", params={"customer": asked})).json()
        assert {row["id"] for row in listed["conversations"]} == {first, second}
    await api.parts.handling.customers.split(ola, Doer(ola), gone)
    assert await who(second) == gone
    assert (await program.get(f"/customers/{gone}")).json()["others"] == []
