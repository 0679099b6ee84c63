"""The running services tell the week by themselves, and one of two does it."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.clock import now
from bot.timers.models import Timer
from connectors.slack.after import digest
from tests.connectors.slack.agents import AGENTS, until
from tests.connectors.slack.fake import FakeSlack
from tests.connectors.slack.office import ADA, REQUESTS, TRIAGE, Office, open_office

pytestmark = pytest.mark.asyncio


def told(slack: FakeSlack) -> int:
    said = slack.called("chat.postMessage", channel=TRIAGE)
    return sum("the last seven days" in call["text"] for call in said)


async def due(office: Office) -> Timer | None:
    async with office.parts.db.read() as session:
        found = await session.scalars(select(Timer).where(Timer.kind == "digest"))
        return found.one_or_none()


async def test_the_services_tell_the_week_by_themselves_and_once(
    slack: FakeSlack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digest, "LOOK_SECONDS", 0.05)
    async with (
        open_office(slack, tmp_path, desks=AGENTS) as office,
        open_office(slack, tmp_path, desks=AGENTS),
    ):
        ts = await slack.post(ADA, REQUESTS, "My laptop hangs")
        await slack.wait_for_posts(ts, 2)

        async def is_planned() -> bool:
            return await due(office) is not None

        await until(office, is_planned)
        assert told(slack) == 0, "not on any other day than Monday"
        async with office.parts.db.write() as tx:
            past = now() - timedelta(seconds=1)
            mondays = update(Timer).where(Timer.kind == "digest")
            await tx.session.execute(mondays.values(due_at=past))
        await slack.until(lambda: told(slack) == 1, "the week")

        async def is_planned_anew() -> bool:
            row = await due(office)
            return row is not None and row.due_at > now()

        await until(office, is_planned_anew)
        await asyncio.sleep(0.3)  # both look again, several times
        assert told(slack) == 1
