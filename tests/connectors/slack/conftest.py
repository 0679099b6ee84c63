"""A fake Slack, and a real service that is connected to it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.connectors.slack.agents import AGENTS, hire
from tests.connectors.slack.fake import FakeSlack, fake_slack
from tests.connectors.slack.office import Office, open_office


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
