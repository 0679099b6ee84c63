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


ONCE, TWICE = 1, 2
# Whether Telegram had the answer when the desk died; nobody can ask it (docs/telegram.md).
POINTS = [
    *(
        (point, 0, ONCE)
        for point in (
            *("receive.open", "receive.committed", "ask.answered"),
            *("record.committed", "deliver.before"),
        )
    ),
    ("deliver.sent", 1, TWICE),
]


@pytest.mark.parametrize(("point", "before", "after"), POINTS)
async def test_a_desk_that_is_killed_is_given_the_update_again_and_answers_once(
    tmp_path: Path, fake: FakeTelegram, point: str, before: int, after: int
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
        assert len(fake.sent()) == before
        await live(command, port, log, environment, fake, answers=after)
        assert [call.text for call in fake.sent()] == ["Two working days."] * after
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
    dies: bool = False,
    answers: int = 0,
) -> None:
    """A life of the desk until it dies or Telegram has the answers; this test's loop goes on."""

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
            while len(fake.sent()) < answers:
                await asyncio.sleep(0.02)
            await fake.until_confirmed()
    finally:
        await asyncio.to_thread(block.__exit__, None, None, None)


async def quiet(engine: LoopbackEngine, line: asyncio.StreamWriter) -> None:
    """An answer without a handoff."""
    body = {**GOOD, "handoff": None, "replies": [{"text": "Two working days.", "buttons": []}]}
    await says(200, {**body, "model_id": engine.model})(engine, line)
