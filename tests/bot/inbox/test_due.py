"""Deadlines stand in the list and above the conversation, in words, before and after they pass."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from bot.accounts.models import Agent
from bot.accounts.permissions import Role
from bot.handoff.service import Reply
from tests.desk import DESK
from tests.inbox import open_office

pytestmark = pytest.mark.asyncio
START = datetime.fromisoformat("2026-11-25T09:00:00+00:00")
SETTINGS = f"""
[{DESK}]
name = {{ en = "Care", pl = "Klienci" }}
[{DESK}.targets]
first_response_minutes = 60
resolution_minutes = 600
[[{DESK}.escalations]]
target = "first_response"
at = 100
notify_leads = true
"""


async def test_deadlines_are_seen_and_leads_hear_when_one_is_missed(tmp_path: Path) -> None:
    path = tmp_path / "desks.toml"
    path.write_text(SETTINGS, "utf-8")
    with time_machine.travel(START, tick=False) as clock:
        async with open_office(tmp_path, desks_file=path) as office:
            anna, lead, other = [await office.hire(name) for name in ("Anna", "Lea", "Ola")]
            async with office.parts.db.write() as tx:
                agent = await tx.session.get_one(Agent, lead.agent.id)
                agent.role = Role.LEAD
            conversation = await office.customer_says("Hello?")
            page = await anna.page(f"/inbox/conversations/{conversation}")
            assert page.count("answer due in 60 min") == 2, "in the list and in the head"
            assert "to be solved in 10 hr" in page
            assert 'data-due="0"' in page
            await anna.act(conversation, "claim", epoch=await office.epoch(conversation))
            clock.shift(timedelta(minutes=50))
            await office.parts.timers.sweep()
            assert "answer due in 10 min" in await anna.page("/inbox/list", view="mine")
            assert 'data-due="0"' not in await anna.page("/inbox/list")
            assert 'data-due="0"' in await other.page("/inbox/list")
            assert 'data-due="0"' in await lead.page("/inbox/list")
            clock.shift(timedelta(minutes=15))
            await office.parts.timers.sweep()
            page = await anna.page(f"/inbox/conversations/{conversation}")
            assert "answer overdue by 5 min" in page
            assert f'data-due="{(START + timedelta(minutes=65)).timestamp()}"' in (
                await lead.page("/inbox/list")
            )
            reply = Reply("Hi", await office.epoch(conversation), "k")
            await office.parts.handoffs.reply(anna.agent, conversation, reply)
            await office.settle()
            page = await anna.page("/inbox", view="mine")
            assert f"row-{conversation}" in page
            assert "answer overdue" not in page
