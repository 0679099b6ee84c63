"""The process is killed between receipt and answer: nothing is lost, and nothing is said twice."""

import asyncio
import os
import sys
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.connectors.telegram.fake import TOKEN, FakeTelegram
from tests.databases import SQLITE_ONLY
from tests.loopback_engine import GOOD, LoopbackEngine, says
from tests.processes import Running, free_port, running

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(180), SQLITE_ONLY]


@pytest.mark.parametrize("point", ["receive.committed", "record.committed"])
async def test_a_desk_that_is_killed_is_given_the_update_again_and_answers_once(
    tmp_path: Path, fake: FakeTelegram, point: str
) -> None:
    engine = LoopbackEngine()
    await engine.start()
    engine.behaviour = quiet
    port = free_port()
    environment = {
        "FIRSTLINE_DATA_DIR": str(tmp_path),
        "FIRSTLINE_PORT": str(port),
        "FIRSTLINE_ENGINE_URL": engine.url,
        "FIRSTLINE_TELEGRAM_TOKEN": TOKEN,
        "FIRSTLINE_TELEGRAM_API_URL": fake.url,
        "FIRSTLINE_TEST_FAULTS": "1",
        "PATH": os.environ["PATH"],
    }
    command = [str(Path(sys.executable).with_name("firstline")), "serve"]
    log = tmp_path / "service.log"
    try:
        trap = {"FIRSTLINE_CRASH_AT": f"{point}:1"}
        await fake.says("How long is delivery?")
        await live(command, port, log, environment | trap, fake, dies=True)
        assert fake.sent() == []
        await live(command, port, log, environment, fake, dies=False)
        assert [call.text for call in fake.sent()] == ["Two working days."]
        await fake.until_confirmed()
    finally:
        await engine.stop()


async def live(
    command: list[str],
    port: int,
    log: Path,
    environment: dict[str, str],
    fake: FakeTelegram,
    *,
    dies: bool,
) -> None:
    """A life of the desk, with this test's loop going on."""

    def start() -> tuple[AbstractContextManager[Running], Running]:
        block = running(command, port=port, ready="/healthz", log=log, env=environment)
        return block, block.__enter__()

    try:
        block, started = await asyncio.to_thread(start)
    except RuntimeError:
        assert dies, f"see {log}"  # so fast that it was never seen alive
        return
    try:
        if dies:
            while started.process.poll() is None:
                await asyncio.sleep(0.02)
            assert started.process.returncode == -9
        else:
            await fake.wait_for("Two working days.")
            await fake.until_confirmed()
    finally:
        await asyncio.to_thread(block.__exit__, None, None, None)


async def quiet(engine: LoopbackEngine, line: asyncio.StreamWriter) -> None:
    """An answer without a handoff."""
    body = {**GOOD, "handoff": None, "replies": [{"text": "Two working days.", "buttons": []}]}
    await says(200, {**body, "model_id": engine.model})(engine, line)
