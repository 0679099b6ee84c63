"""Several desks on one PostgreSQL: what several processes on it would be to each other."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio

from bot import migrations
from tests.desk import TestDesk, open_desk
from tests.postgres import fresh_database

OpenDesk = Callable[[], Awaitable[TestDesk]]


@pytest.fixture
def shared_url(postgresql: str) -> Iterator[str]:
    with fresh_database(postgresql) as url:
        migrations.upgrade(url)
        yield url


@pytest_asyncio.fixture
async def another(shared_url: str, tmp_path: Path) -> AsyncIterator[OpenDesk]:
    """Opens one more desk on the database."""
    async with AsyncExitStack() as stack:

        async def open_one() -> TestDesk:
            return await stack.enter_async_context(open_desk(tmp_path, database_url=shared_url))

        yield open_one
