"""`firstline slack check` as its user runs it: a process of its own, its words, its exit code."""

import asyncio
import sys
from dataclasses import dataclass
from itertools import dropwhile, takewhile
from pathlib import Path

import pytest

from connectors.slack.manifest import SCOPES
from tests.connectors.slack.agents import AGENTS
from tests.connectors.slack.fake import APP_TOKEN, BOT_TOKEN, FakeSlack
from tests.connectors.slack.office import REQUESTS, furnish

pytestmark = pytest.mark.asyncio
SHOWN = " " * 8  # before each line of a block in a step
FIRSTLINE = Path(sys.executable).with_name("firstline")


@dataclass
class Run:
    """How it ended, and what it said."""

    code: int
    said: str
    complained: str

    def wrong(self) -> list[tuple[str, str]]:
        """(what, how to mend it)"""
        lines = self.said.splitlines()
        return [
            (line.removeprefix("WRONG").strip(), after.strip())
            for line, after in zip(lines, [*lines[1:], ""], strict=True)
            if line.startswith("WRONG")
        ]


async def check(slack: FakeSlack, folder: Path, *, rules: str = AGENTS, **keys: str | None) -> Run:
    """With good settings, unless `keys` says otherwise; None: not set."""
    desks = folder / "desks.toml"
    desks.write_text(rules, "utf-8")
    environment = {
        "FIRSTLINE_DATA_DIR": str(folder),
        "FIRSTLINE_DESKS_FILE": str(desks),
        "FIRSTLINE_SLACK_API_URL": slack.url,
        "FIRSTLINE_SLACK_BOT_TOKEN": BOT_TOKEN,
        "FIRSTLINE_SLACK_APP_TOKEN": APP_TOKEN,
    } | {f"FIRSTLINE_SLACK_{name.upper()}": value for name, value in keys.items()}
    process = await asyncio.create_subprocess_exec(
        str(FIRSTLINE),
        *("slack", "check"),
        cwd=folder,
        env={name: value for name, value in environment.items() if value is not None},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(120):
        said, complained = await process.communicate()
    assert process.returncode is not None
    return Run(process.returncode, said.decode(), complained.decode())


@pytest.fixture(autouse=True)
def good(slack: FakeSlack) -> None:
    """A Slack in which all is as it must be."""
    furnish(slack)
    slack.scopes, slack.echoes = ",".join(SCOPES), True


async def test_all_is_well(slack: FakeSlack, tmp_path: Path) -> None:
    run = await check(slack, tmp_path)
    assert run.code == 0, run
    lines = run.said.splitlines()
    assert lines[-1] == "Everything is as it must be."
    assert all(line.startswith("good ") for line in lines[:-1])
    assert any("events arrive" in line for line in lines)
    assert "xoxb" not in run.said + run.complained, "no token is shown"
    assert slack.posts == [], "nothing is left in Slack"


def in_guide(step: str) -> list[str]:
    """The lines that the guide shows under the step that begins so."""
    page = Path("docs/slack.md").read_text("utf-8").splitlines()
    (begins,) = [number for number, line in enumerate(page) if line.startswith(step)]
    shown = dropwhile(lambda line: not line.startswith(SHOWN), page[begins + 1 :])
    return [line.removeprefix(SHOWN) for line in takewhile(lambda ln: ln.startswith(SHOWN), shown)]


async def test_the_guide_shows_what_the_command_prints_with_the_guides_own_settings(
    slack: FakeSlack, tmp_path: Path
) -> None:
    slack.tokens[BOT_TOKEN]["team_id"] = "T0123ABCD"
    slack.add_channel("C0123ABCD", "it-help")
    settings = "\n".join(in_guide("6. In Slack, open the channel"))
    named = '[it-help]\nname = { en = "IT help", pl = "Pomoc IT" }\n'
    run = await check(slack, tmp_path, rules=named + settings)
    assert run.said.splitlines() == in_guide("7. `firstline slack check`")


async def test_a_missing_scope(slack: FakeSlack, tmp_path: Path) -> None:
    slack.scopes = ",".join(set(SCOPES) - {"reactions:write"})
    run = await check(slack, tmp_path)
    assert run.code == 1, run
    ((what, mend),) = run.wrong()
    assert what.endswith(f"scopes are missing: reactions:write ({SCOPES['reactions:write']})")
    assert "firstline slack manifest" in mend
    assert "reinstall the app" in mend
    assert "Everything" not in run.said


async def test_a_wrong_app_token(slack: FakeSlack, tmp_path: Path) -> None:
    run = await check(slack, tmp_path, app_token="xapp-of-another-app")
    assert run.code == 1, run
    ((what, mend),) = run.wrong()
    assert "the app-level token opens no socket: invalid_auth" in what
    assert "connections:write" in mend


async def test_a_wrong_bot_token(slack: FakeSlack, tmp_path: Path) -> None:
    run = await check(slack, tmp_path, bot_token="xoxb-of-yesterday")
    assert run.code == 1, run
    ((what, mend),) = run.wrong()
    assert "the bot token is not good: auth.test: invalid_auth" in what
    assert "OAuth & Permissions" in mend
    assert "xoxb-of-yesterday" not in run.said + run.complained


async def test_a_channel_that_the_bot_is_not_in(slack: FakeSlack, tmp_path: Path) -> None:
    slack.channels[REQUESTS]["is_member"] = False
    run = await check(slack, tmp_path)
    assert run.code == 1, run
    ((what, mend),) = run.wrong()
    assert what == "Acme: #it-help of [it-help.slack]: the app is not in it"
    assert "/invite @Firstline" in mend


async def test_without_any_setting_it_says_what_to_set_in_one_line(
    slack: FakeSlack, tmp_path: Path
) -> None:
    run = await check(slack, tmp_path, bot_token=None, app_token=None)
    assert run.code not in (0, None)
    assert "FIRSTLINE_SLACK_BOT_TOKEN" in run.complained
    assert "Traceback" not in run.complained
    assert slack.calls == []
