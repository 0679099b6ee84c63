from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.desk import TestDesk, open_desk


@pytest_asyncio.fixture
async def desk(tmp_path: Path) -> AsyncIterator[TestDesk]:
    async with open_desk(tmp_path) as opened:
        yield opened
