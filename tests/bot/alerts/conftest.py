from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
import time_machine

from tests.bot.alerts.telling import WEDNESDAY, mailing_desk
from tests.desk import TestDesk
from tests.smtp_server import Postbox, smtp_server


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    with smtp_server() as box:
        yield box


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """It stands still, on a Wednesday in opening hours, unless it is moved."""
    with time_machine.travel(WEDNESDAY, tick=False) as traveller:
        yield traveller


@pytest_asyncio.fixture
async def desk(
    tmp_path: Path, postbox: Postbox, clock: time_machine.Traveller
) -> AsyncIterator[TestDesk]:
    async with mailing_desk(tmp_path, postbox.port) as opened:
        yield opened
