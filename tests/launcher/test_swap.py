"""A new model under a running `firstline up`, with customers who write all the time."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import groupby
from pathlib import Path

import pytest

from bot.dialogue.pool import EnginePool
from bot.dialogue.turn import TurnRequest
from bot.launcher.models import Models, model_id
from tests.launcher.test_models import write_model
from tests.launcher.test_startup import Checkout, until_up

MODEL = """
import sys
from pathlib import Path
from bot.launcher import LauncherError
from bot.launcher.model_command import go_back, use_model
from bot.launcher.plan import Plan
from bot.settings import get_settings
root, what = Path(sys.argv[1]), sys.argv[2]
plan = Plan(get_settings(), root)
try:
    go_back(plan) if what == "back" else use_model(plan, what, seen_from=root)
except LauncherError as error:
    sys.exit(str(error))
"""


async def model(checkout: Checkout, what: str) -> tuple[int, str]:
    """`firstline model use FILE` or `back`; exit code and output."""
    command = [sys.executable, "-c", MODEL, str(checkout.root), what]
    env = {**os.environ, **checkout.settings}
    run = await asyncio.create_subprocess_exec(
        *command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    output, _ = await run.communicate()
    return run.returncode or 0, output.decode()


@asynccontextmanager
async def customers(checkout: Checkout) -> AsyncIterator[list[str]]:
    """Turns that overlap, one every few milliseconds; gives the models that answered, in order."""
    pool = EnginePool(f"@{checkout.root / 'var/engines'}", timeout=60)
    probing = asyncio.create_task(pool.run())
    answers: list[str] = []
    tasks: list[asyncio.Task[None]] = []
    over = asyncio.Event()

    async def turn(number: int) -> None:
        request = TurnRequest("c1", "Hi", None, "en", "web", "care", key=None)
        answer = await pool.ask(request)
        answers[number] = answer.model_id

    async def write() -> None:
        while not over.is_set():
            answers.append("nothing")
            tasks.append(asyncio.create_task(turn(len(answers) - 1)))
            await asyncio.sleep(0.02)

    writing = asyncio.create_task(write())
    try:
        yield answers
    finally:
        over.set()
        await writing
        # Without a key nothing is repeated that may have been begun: a lost turn would raise.
        await asyncio.gather(*tasks)
        probing.cancel()
        await asyncio.gather(probing, return_exceptions=True)
        await pool.close()


@pytest.mark.timeout(240)
@pytest.mark.parametrize("engines", [1, 2])
def test_a_new_model_and_the_way_back_lose_no_turn(tmp_path: Path, engines: int) -> None:
    checkout = Checkout(tmp_path)
    models = Models(tmp_path / "models/firstline.tar.gz")
    write_model(tmp_path / "new.tar.gz", "m2")
    write_model(tmp_path / "bad.tar.gz", "m3", broken=True)

    async def story() -> list[str]:
        async with customers(checkout) as answers:
            code, said = await model(checkout, "new.tar.gz")
            assert code == 0, said
            code, said = await model(checkout, "bad.tar.gz")
            assert code == 1
            assert "The engines keep the model that they have." in said
            assert "it is broken" in said
            assert "firstline model back" in said
            code, said = await model(checkout, "back")
            assert code == 0, said
            code, said = await model(checkout, "back")
            assert code == 0, said
        return [name for name, _ in groupby(answers)]

    with checkout.up(engines=engines, FIRSTLINE_ENGINE_TIMEOUT="1") as running:
        until_up(running)
        first = model_id(models.in_use)
        try:
            # Each customer changes models once, and never back and forth.
            assert asyncio.run(story()) == [first, "m2", first]
        finally:
            running.send_signal(signal.SIGINT)
            rest, _ = running.communicate(timeout=60)
    assert running.returncode == 0, rest
    assert "The engines answer with" in rest
    assert not (tmp_path / "var/engines").exists()
    assert checkout.ports_are_free()
