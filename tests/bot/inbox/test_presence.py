"""Agents choose what they are; who does nothing is asked, and then away until a sign of life."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
import time_machine
from sqlalchemy import update

from bot.accounts.models import Agent
from bot.accounts.permissions import Role
from bot.accounts.presence import Presence
from bot.clock import now
from bot.conversations.state import Status
from tests.desk import DESK
from tests.inbox import AgentBrowser, Office, open_office

pytestmark = pytest.mark.asyncio
START = datetime.fromisoformat("2026-11-25T09:00:00+00:00")


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(tmp_path, away_after_minutes=15) as opened:
        yield opened


async def agent(office: Office, anna: AgentBrowser) -> Agent:
    async with office.parts.db.read() as session:
        return await session.get_one(Agent, anna.agent.id)


async def test_the_choice_is_kept_and_seen_by_every_process(office: Office) -> None:
    anna = await office.hire()
    elsewhere = Presence(office.parts.db)
    await office.parts.presence.heartbeat(anna.agent.id)
    assert await elsewhere.anyone_online(DESK)
    answer = await anna.post("/inbox/presence", state="break")
    assert 'data-state="break"' in answer.text
    assert 'data-state="break"' in await anna.page("/inbox")
    elsewhere._asked_at = None
    assert not await elsewhere.anyone_online(DESK)
    assert not await office.parts.presence.anyone_online(DESK)


async def test_without_a_script_the_form_leads_back_to_the_page(office: Office) -> None:
    anna = await office.hire()
    answer = await anna.post("/inbox/presence", htmx=False, state="away")
    assert (answer.status_code, answer.headers["location"]) == (303, "/inbox")
    assert (await agent(office, anna)).presence == "away"


async def test_what_is_no_choice_is_refused_in_words(office: Office) -> None:
    anna = await office.hire()
    answer = await anna.post("/inbox/presence", state="lunch")
    assert answer.status_code == 422
    assert "online, away, on a break or offline" in answer.text
    assert (await agent(office, anna)).presence == "online"


async def test_who_goes_offline_gives_back_what_they_have(office: Office) -> None:
    anna = await office.hire()
    conversation = await office.customer_says("Hello?")
    await anna.act(conversation, "claim", epoch=await office.epoch(conversation))
    await anna.post("/inbox/presence", state="offline")
    await office.settle()
    assert (await office.conversation(conversation)).status is Status.QUEUED
    page = await anna.page(f"/inbox/conversations/{conversation}")
    assert "the agent went offline" in page


async def test_who_does_nothing_is_asked_then_away_and_a_sign_of_life_ends_it(
    office: Office,
) -> None:
    anna, presence = await office.hire(), office.parts.presence
    with time_machine.travel(START, tick=False) as clock:
        await anna.post("/inbox/presence/here")
        clock.shift(timedelta(minutes=13))
        asked = await presence.look_idle(await agent(office, anna))
        assert asked.is_asked
        assert "Are you still there?" in await anna.page("/inbox/presence")
        answer = await anna.post("/inbox/presence/here")
        assert "still there" not in answer.text
        clock.shift(timedelta(minutes=15))
        await presence.look_idle(await agent(office, anna))
        idle = await agent(office, anna)
        assert (idle.presence, idle.is_idle) == ("away", True)
        assert "I&#39;m here" in await anna.page("/inbox/presence")
        await anna.post("/inbox/presence/here")
        back = await agent(office, anna)
        assert (back.presence, back.is_idle) == ("online", False)


async def test_a_sign_of_life_does_not_end_what_was_chosen(office: Office) -> None:
    anna = await office.hire()
    await anna.post("/inbox/presence", state="break")
    await anna.post("/inbox/presence/here")
    assert (await agent(office, anna)).presence == "break"


async def test_life_at_another_process_counts(office: Office) -> None:
    """What was read a moment ago may be old: only the database decides who is idle."""
    anna, presence = await office.hire(), office.parts.presence
    with time_machine.travel(START, tick=False):
        await anna.post("/inbox/presence/here")
        stale = await agent(office, anna)
        stale.active_at = START - timedelta(hours=1)
        found = await presence.look_idle(stale)
        assert not found.is_idle
        assert (await agent(office, anna)).presence == "online"


async def test_the_why_is_on_the_card(tmp_path: Path) -> None:
    desks = tmp_path / "desks.toml"
    desks.write_text(
        f'[{DESK}]\nname = {{ en = "Care", pl = "Klienci" }}\n'
        f'[{DESK}.assignment]\nstrategy = "least_busy"\n'
    )
    async with open_office(tmp_path, desks_file=desks) as office:
        anna, ola = await office.hire(), await office.hire("Ola")
        for browser in (anna, ola):
            await office.parts.presence.heartbeat(browser.agent.id)
        async with office.parts.db.write() as tx:
            full = update(Agent).where(Agent.id == ola.agent.id).values(capacity=0)
            await tx.session.execute(full)
        conversation = await office.customer_says("Hello?")
        page = await anna.page(f"/inbox/conversations/{conversation}")
        assert "the only one on duty who could take it" in page
        assert "no: nothing free" in page
        assert "0 of 5" in page
        given = float((await anna.page("/inbox/list")).split('data-assigned="')[1].split('"')[0])
        assert abs(given - now().timestamp()) < 600
        assert 'data-assigned="0"' in await ola.page("/inbox/list")


async def test_a_capacity_of_ones_own_stands_in_the_audit_log(office: Office) -> None:
    anna = await office.hire()
    await office.parts.accounts.change_role("anna@example.com", Role.ADMIN)
    await office.parts.accounts.change_capacity("anna@example.com", 7)
    page = await anna.page("/inbox/audit")
    assert "Capacity: – → 7" in page
