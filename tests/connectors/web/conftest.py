"""A real service whose engine answers everything with one sentence."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.desk import answer
from tests.server import Server, open_server


@pytest_asyncio.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    async with open_server(tmp_path) as running:
        running.engine.at_once = answer("Two working days.")
        yield running
