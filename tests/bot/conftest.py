"""What many rooms' tests begin with."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.inbox import Office, open_office


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """A desk whose engine is down, so every customer comes to the queue."""
    async with open_office(tmp_path) as opened:
        yield opened
