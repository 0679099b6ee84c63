"""A triage channel that two desks name, one with its workspace and one without."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from bot.desks import Desks
from bot.errors import BadSetting
from bot.main import create_app
from bot.settings import Settings
from connectors.slack.connector import SlackKeys
from connectors.slack.rooms import doubles
from connectors.slack.triage.desk import TriageDesk
from tests.connectors.slack.agents import AGENTS
from tests.connectors.slack.fake import APP_TOKEN, BOT_TOKEN, FakeSlack
from tests.connectors.slack.fake_methods import TEAM
from tests.connectors.slack.office import REQUESTS, TRIAGE, furnish, open_office
from tests.connectors.slack.test_setup import findings_of, wrong
from tests.databases import database_of
from tests.desk import ScriptedEngine
from tests.processes import free_port

pytestmark = pytest.mark.asyncio


def two(workspace: str, room: str = f'triage_channel = "{TRIAGE}"') -> str:
    """The IT desk leaves its workspace out."""
    return f"""{AGENTS}
[staff-care]
name = {{ en = "Staff care", pl = "Kadry" }}
[staff-care.slack]
workspace = "{workspace}"
{room}
"""


async def test_a_desk_whose_channel_is_another_ones_does_not_start(
    slack: FakeSlack, tmp_path: Path
) -> None:
    file = tmp_path / "desks.toml"
    file.write_text(two(TEAM), "utf-8")
    keys = {"slack_bot_token": BOT_TOKEN, "slack_app_token": APP_TOKEN, "slack_api_url": slack.url}
    place = {"data_dir": tmp_path, "database_url": database_of(tmp_path), "log_level": "error"}
    settings = Settings(desks_file=file, **place, **keys)  # type: ignore[arg-type]
    app = create_app(settings, engine=ScriptedEngine())
    try:
        with pytest.raises(BadSetting) as refused:
            async with app.router.lifespan_context(app):
                pass
    finally:
        await app.state.parts.db.close()
    said = str(refused.value)
    assert f"[staff-care.slack] triage_channel {TRIAGE} is that of [it-help.slack] as well" in said
    assert TEAM in said
    assert [call.method for call in slack.calls] == ["auth.test"], "nothing else was begun"


async def test_the_service_says_so_in_a_sentence_and_exits_with_2(
    slack: FakeSlack, tmp_path: Path
) -> None:
    file = tmp_path / "desks.toml"
    file.write_text(two(TEAM), "utf-8")
    environment = {
        **os.environ,
        "FIRSTLINE_DATA_DIR": str(tmp_path),
        "FIRSTLINE_DATABASE_URL": database_of(tmp_path),
        "FIRSTLINE_DESKS_FILE": str(file),
        "FIRSTLINE_ENGINE_URL": "http://127.0.0.1:9",
        "FIRSTLINE_SLACK_API_URL": slack.url,
        "FIRSTLINE_SLACK_BOT_TOKEN": BOT_TOKEN,
        "FIRSTLINE_SLACK_APP_TOKEN": APP_TOKEN,
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from bot.cli import main; main()"),
        *("service", "--port", str(free_port())),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(120):
        told, _ = await process.communicate()
    said = told.decode()
    assert f"[staff-care.slack] triage_channel {TRIAGE} is that of [it-help.slack]" in said
    assert "Traceback" not in said
    assert process.returncode == 2


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("channels", f'["{REQUESTS}"]', f"channels {REQUESTS}"),
        ("mention_channels", f'["{REQUESTS}"]', f"mention_channels {REQUESTS}"),
        ("direct_messages", "true", "direct_messages = true"),
    ],
)
async def test_neither_has_two_desks_what_employees_write(
    slack: FakeSlack, tmp_path: Path, key: str, value: str, said: str
) -> None:
    file = tmp_path / "desks.toml"
    file.write_text(two(TEAM, f"{key} = {value}"), "utf-8")
    rules = {desk.id: desk.slack for desk in Desks.load(file).all()}
    (told,) = doubles(rules, TEAM)
    assert f"[staff-care.slack] {said} is that of [it-help.slack] as well" in told
    assert TEAM in told
    assert doubles(rules, "T0OTHER") == []


async def test_the_same_id_in_another_workspace_is_another_channel(
    slack: FakeSlack, tmp_path: Path
) -> None:
    async with open_office(slack, tmp_path, desks=two("T0OTHER")) as office:
        rooms = await TriageDesk(office.server.app.state.slack.slack).rooms()
    assert [(room.desk, room.team) for room in rooms] == [
        ("it-help", TEAM),
        ("staff-care", "T0OTHER"),
    ]


async def test_a_silent_slack_holds_no_start_up_and_the_channel_is_the_first_desks(
    slack: FakeSlack, tmp_path: Path
) -> None:
    slack.fail("auth.test", status=503)
    async with open_office(slack, tmp_path, desks=two(TEAM)) as office:
        rooms = await TriageDesk(office.server.app.state.slack.slack).rooms()
    assert [(room.desk, room.team) for room in rooms] == [("it-help", TEAM)]


async def test_the_check_names_both_desks(slack: FakeSlack, tmp_path: Path) -> None:
    furnish(slack)
    slack.echoes = True
    file = tmp_path / "desks.toml"
    file.write_text(two(TEAM), "utf-8")
    rules = {desk.id: desk.slack for desk in Desks.load(file).all() if desk.slack.is_used}
    told = wrong(await findings_of(slack, SlackKeys(BOT_TOKEN, APP_TOKEN), rules))
    assert f"[staff-care.slack] triage_channel {TRIAGE} is that of [it-help.slack] as well" in told
    assert "→ take it out of one of them" in told
