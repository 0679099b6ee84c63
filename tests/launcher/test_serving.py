"""The server of a desk's process."""

import logging
from pathlib import Path

import pytest

from tests.server import open_server


@pytest.mark.asyncio
async def test_a_server_that_runs_leaves_nothing_at_its_logger(tmp_path: Path) -> None:
    """What stays there keeps the whole desk in memory, for as long as the process lives."""
    log = logging.getLogger("uvicorn.error")
    before = list(log.filters)
    async with open_server(tmp_path):
        assert log.filters == before
