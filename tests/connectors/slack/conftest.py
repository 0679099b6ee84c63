"""A fake Slack, and a real service that is connected to it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from connectors.slack import later
from tests.connectors.slack.agents import AGENTS, hire
from tests.connectors.slack.fake import FakeSlack, fake_slack
from tests.connectors.slack.office import Office, open_office


@pytest.fixture(autouse=True)
def _slack_is_patient(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is done within a moment is told at once, also where a moment is longer.

    Slack's own patience is what a test marked `real_patience` is about.
    """
    if request.node.get_closest_marker("real_patience") is None:
        monkeypatch.setattr(later, "PRESS_SECONDS", 30.0)
        monkeypatch.setattr(later, "PATIENCE_SECONDS", 30.0)


@pytest_asyncio.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with fake_slack() as running:
        yield running


@pytest_asyncio.fixture
async def office(slack: FakeSlack, tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(slack, tmp_path) as running:
        yield running


@pytest_asyncio.fixture
async def triage(slack: FakeSlack, tmp_path: Path) -> AsyncIterator[Office]:
    """The office with a channel for agents, and Ola, who is one."""
    async with open_office(slack, tmp_path, desks=AGENTS) as running:
        await hire(running, "Ola")
        yield running
