"""A desk in a process of its own, which can be killed: `python -m tests.connectors.slack.mortal`.

It is connected to a fake Slack of the test's, on the test's database. With `FIRSTLINE_CRASH_AT`
(bot/crash.py) it dies by itself, with SIGKILL; the test may also kill it.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from subprocess import Popen

from tests.connectors.slack.fake import APP_TOKEN, BOT_TOKEN, FakeSlack
from tests.desk import answer
from tests.processes import stop
from tests.server import open_server


def database_file(folder: Path) -> Path:
    """What the process and whoever comes after it share."""
    return folder / "mortal.db"


def database_in(folder: Path) -> str:
    """Its address."""
    return f"sqlite+aiosqlite:///{database_file(folder)}"


@asynccontextmanager
async def mortal_desk(slack: FakeSlack, folder: Path, *, desks: str) -> AsyncIterator[Popen[bytes]]:
    """One that is connected; it looks for its end in the file `trap` of the folder."""
    (folder / "desks.toml").write_text(desks, "utf-8")
    faults = {"FIRSTLINE_TEST_FAULTS": "1", "FIRSTLINE_CRASH_AT": f"@{folder / 'trap'}"}
    command = [sys.executable, "-m", __name__, str(folder), slack.url]
    process = await asyncio.to_thread(Popen, command, env={**os.environ, **faults})
    try:
        await slack.until(lambda: bool(slack.open_sockets()), "a desk", patience=60)
        yield process
    finally:
        stop(process)


async def live(folder: Path, url: str) -> None:
    """Until it is killed."""
    async with open_server(
        folder,
        database_url=database_in(folder),
        desks_file=folder / "desks.toml",
        slack_bot_token=BOT_TOKEN,
        slack_app_token=APP_TOKEN,
        slack_api_url=url,
    ) as server:
        server.engine.at_once = answer("Restart it.", answered="utter_it_restart")
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(live(Path(sys.argv[1]), sys.argv[2]))
