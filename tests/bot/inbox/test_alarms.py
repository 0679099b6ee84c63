"""What agents, `/readyz` and `firstline doctor` are told about conversations."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine

from bot.channel import TROUBLES, Trouble, written_troubles
from bot.clock import now
from bot.launcher.bot_checks import State
from bot.launcher.limbo import examine_conversations
from bot.texts import text
from tests.databases import database_of
from tests.desk import DESK
from tests.inbox import AgentBrowser, Office, open_office
from tests.unmended import has_looked


async def numbers(office: Office) -> dict[str, object]:
    async with office.browser() as http:
        report = (await http.get("/readyz")).json()
    found = report["conversations"]
    assert isinstance(found, dict)
    return found


def banner(count: int, language: str = "en") -> str:
    names = {"en": "Customer care", "pl": "Obsługa klienta"}
    return text("inbox.alarm.overdue", language, count=count, desk=names[language])


async def page(agent: AgentBrowser) -> str:
    return await agent.page("/inbox/list", list_digest="")


@pytest.mark.asyncio
async def test_a_queue_beyond_its_deadline_is_seen_by_its_desk_until_it_is_taken(
    tmp_path: Path,
) -> None:
    async with open_office(tmp_path) as office:
        anna = await office.hire()
        ben = await office.hire("Ben", desks=["it-help"])
        opened = await office.customer_says("Hello")  # no engine: straight to the queue
        await has_looked(office.parts)
        await office.parts.upkeep.look()
        assert banner(1) not in await page(anna)
        with (
            office.parts.bus.subscribe(["inbox"]) as hints,
            time_machine.travel(now() + timedelta(minutes=31)),
        ):
            await office.parts.timers.sweep()
            await office.parts.upkeep.look()
            async with asyncio.timeout(10):
                while (await hints.get()).kind != "alarms":
                    pass
            assert banner(1) in await page(anna)
            assert banner(1) in await anna.page("/inbox")
            assert banner(1) not in await page(ben)
            found = await numbers(office)
            assert (found["queued_beyond_deadline"], found["alarms"]) == (1, ["overdue"])
            await anna.act(opened, "claim", epoch=await office.epoch(opened))
            await office.parts.upkeep.look()
            assert banner(1) not in await page(anna)


@pytest.mark.asyncio
async def test_readyz_and_the_doctor_give_the_numbers(tmp_path: Path) -> None:
    async with open_office(tmp_path) as office:
        anna = await office.hire()
        opened = await office.customer_says("Hello", external_id="one")
        await office.customer_says("Hello", external_id="one")
        await anna.act(opened, "reply", text="Hi", key="k", epoch=0)
        await office.parts.counters.flush()
        await has_looked(office.parts)
        found = await numbers(office)
        assert found["checked_at"] is not None
        expected = {
            "conversations_without_owner": 0,
            "queued_beyond_deadline": 0,
            "dead_letters": 0,
            "oldest_waiting_turn_seconds": 0.0,
            "late_timers": 0,
            "duplicates_refused": 1,
            "stale_sends_refused": 1,
            "alarms": [],
        }
        assert expected.items() <= found.items()


def test_the_doctor_says_what_is_wrong_and_how_to_mend_it(tmp_path: Path) -> None:
    async def leave_a_queue_where_nobody_works() -> None:
        async with open_office(tmp_path) as office:
            await has_looked(office.parts)
            await office.customer_says("Hello")
            await office.parts.upkeep.check(since=now() - timedelta(hours=1))
            await office.parts.upkeep.look()

    asyncio.run(leave_a_queue_where_nobody_works())
    fault, summary = examine_conversations(database_of(tmp_path))
    assert (fault.name, fault.state) == ("conversations", State.FAIL)
    assert "desk without agents" in fault.detail
    assert "firstline agent add" in (fault.remedy or "")
    assert summary.detail.startswith("1 without owner, 0 undelivered messages, 0 dead letters")
    assert list(examine_conversations(f"sqlite+aiosqlite:///{tmp_path / 'nowhere' / 'x.db'}")) == []


@pytest.mark.asyncio
async def test_a_trouble_that_only_a_newer_version_knows_is_passed_over(tmp_path: Path) -> None:
    async with open_office(tmp_path) as office:
        anna = await office.hire()
        known = Trouble("slack_archived", "C1", (DESK,), now(), "#it-help")
        newer = [
            replace(known, kind="slack_on_fire"),
            replace(known, role="rooftop"),
        ]
        memory = office.parts.memory
        await memory.keep(TROUBLES, "slack", written_troubles([*newer, known]), days=1)
        await memory.keep(TROUBLES, "later", '[{"kind": "slack_archived"}]', days=1)
        await office.parts.upkeep.look()
        assert (await anna.page("/inbox")).count("data-alarm=") == 1
        assert (await numbers(office))["channel_troubles"] == 1


def test_the_alarm_is_said_in_polish_too() -> None:
    assert banner(5, "pl") == "Obsługa klienta: 5 rozmów czeka w kolejce po terminie."
