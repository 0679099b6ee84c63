"""The server of a desk's process."""

import asyncio
import logging
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI

from bot.launcher.garbage import Garbage
from bot.launcher.serving import DeskServer
from tests.server import open_server


@pytest.mark.asyncio
async def test_a_server_that_runs_leaves_nothing_at_its_logger(tmp_path: Path) -> None:
    """What stays there keeps the whole desk in memory, for as long as the process lives."""
    log = logging.getLogger("uvicorn.error")
    before = list(log.filters)
    async with open_server(tmp_path):
        assert log.filters == before


class Noted(Garbage):
    """Says what it is told, and leaves pytest's own garbage alone."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    def start(self) -> None:
        self.told.append("start")

    def stop(self) -> None:
        self.told.append("stop")


@pytest.mark.asyncio
async def test_the_garbage_collector_is_held_short_for_as_long_as_the_server_runs() -> None:
    noted, app = Noted(), FastAPI()
    app.state.stop_streams = lambda: None
    server = DeskServer(uvicorn.Config(app, port=0, log_level="error"), garbage=noted)
    serving = asyncio.create_task(server.serve())
    async with asyncio.timeout(10):
        while not server.started:
            await asyncio.sleep(0.01)
        assert noted.told == ["start"]
        server.should_exit = True
        await serving
    assert noted.told == ["start", "stop"]


def test_a_server_that_is_told_nothing_else_has_the_real_one() -> None:
    assert type(DeskServer(uvicorn.Config(FastAPI()))._garbage) is Garbage
