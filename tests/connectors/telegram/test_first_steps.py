"""docs/telegram.md's way from a token to the first answer, as somebody new would go it."""

import asyncio
import os
import re
import shutil
import sys
from pathlib import Path

import pytest

from tests.connectors.telegram.fake import TOKEN, FakeTelegram
from tests.connectors.telegram.test_killed import quiet
from tests.databases import SQLITE_ONLY
from tests.loopback_engine import LoopbackEngine
from tests.processes import free_port

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(180), SQLITE_ONLY]
PAGE = Path("docs/telegram.md").read_text("utf-8")
FIRSTLINE = str(Path(sys.executable).with_name("firstline"))


async def test_a_token_in_the_env_file_is_all_that_it_takes(
    tmp_path: Path, fake: FakeTelegram
) -> None:
    engine = LoopbackEngine()
    await engine.start()
    engine.behaviour = quiet
    (setting,) = re.findall(r"^ +(FIRSTLINE_TELEGRAM_TOKEN)=\S+$", PAGE, re.MULTILINE)
    checkout = checked_out(tmp_path / "checkout")
    environment = {
        **{name: value for name, value in os.environ.items() if name != setting},
        "PYTHONPATH": str(checkout),
        "FIRSTLINE_DATA_DIR": str(tmp_path),
        "FIRSTLINE_TELEGRAM_API_URL": fake.url,
        "FIRSTLINE_ENGINE_URL": engine.url,
        "FIRSTLINE_PORT": str(free_port()),
    }
    assert "firstline telegram check" in PAGE
    code, said = await check(checkout, environment)
    assert code == 2
    assert f"{setting} is not set" in said
    assert "Put it into `.env` in the checkout" in PAGE
    (checkout / ".env").write_text(f"{setting}={TOKEN}\n")
    code, said = await check(checkout, environment)
    assert code == 1
    assert "This is @desk_bot (Desk)." in said
    assert "Start the desk" in said  # the menu is not there yet, and nothing else is wrong
    assert said.count("wrong") == 1
    desk = await asyncio.create_subprocess_exec(FIRSTLINE, "serve", cwd=checkout, env=environment)
    try:
        async with asyncio.timeout(90):
            while not fake.called("setMyCommands"):
                assert desk.returncode is None
                await asyncio.sleep(0.1)
        (question,) = re.findall(r"write “(How long[^”]+)”", PAGE)
        await fake.says(question)
        await fake.wait_for("Two working days.")
        assert "/human" in PAGE
        await fake.says("/human")
        await fake.wait_for("queue")
        code, said = await check(checkout, environment)
        assert (code, said.count("wrong")) == (0, 0), said
    finally:
        desk.terminate()
        await desk.wait()
        await engine.stop()


def checked_out(folder: Path) -> Path:
    """What of the checkout runs: the command reads the `.env` beside its own code, and the one of
    this checkout belongs to whoever works here."""
    ignored = shutil.ignore_patterns("__pycache__")
    for name in ("bot", "connectors"):
        shutil.copytree(name, folder / name, ignore=ignored)
    shutil.copy("desks.toml", folder)
    return folder


async def check(folder: Path, environment: dict[str, str]) -> tuple[int | None, str]:
    """(exit code, what it says) of `firstline telegram check` in the checkout."""
    checked = await asyncio.create_subprocess_exec(
        *(FIRSTLINE, "telegram", "check"),
        cwd=folder,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said = (await checked.communicate())[0].decode()
    return checked.returncode, said
