"""From nothing to a working channel: the manifest, the check, and installations by OAuth."""

import json
from pathlib import Path
from typing import cast
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from typer.testing import CliRunner

from bot.channel import ChannelMemory, Workspace
from bot.cli import app
from bot.desk_settings.slack import SlackSettings
from bot.desks import BadDesksFile, Desks
from connectors.slack.calls import Calls
from connectors.slack.check import check
from connectors.slack.connector import SlackKeys
from connectors.slack.findings import Finding
from connectors.slack.manifest import SCOPES, manifest
from connectors.slack.teams import Teams
from tests.connectors.slack.fake import APP_TOKEN, BOT_TOKEN, FakeSlack
from tests.connectors.slack.office import (
    ADA,
    ADAS_MESSAGES,
    DESKS,
    ON_MENTION,
    REQUESTS,
    Office,
    furnish,
    open_office,
)

RULES = {"it-help": SlackSettings(channels=(REQUESTS,), mention_channels=(ON_MENTION,))}


class Installations:
    """A store with what it is given."""

    def __init__(self, *workspaces: Workspace) -> None:
        self._workspaces = {one.id: one for one in workspaces}

    async def find(self, channel: str, workspace: str) -> Workspace | None:
        return self._workspaces.get(workspace)

    async def all(self, channel: str) -> list[Workspace]:
        return list(self._workspaces.values())


class NoMemory:
    """Of a desk that does not run: it notes nothing."""

    async def recall(self, channel: str, key: str) -> None:
        return None


async def findings_of(
    slack: FakeSlack,
    keys: SlackKeys,
    rules: dict[str, SlackSettings],
    memory: ChannelMemory | None = None,
    *,
    url: str = "",
    installed: tuple[Workspace, ...] = (),
) -> list[Finding]:
    calls = Calls(slack.url)
    store = Installations(*installed)
    calls.teams = Teams(store, token=keys.bot_token, client=calls.client)  # type: ignore[arg-type]
    try:
        heard = memory or cast("ChannelMemory", NoMemory())
        return [finding async for finding in check(calls, keys, rules, heard, url=url)]
    finally:
        await calls.close()


def wrong(findings: list[Finding]) -> str:
    return "\n".join(f"{f.what} → {f.mend}" for f in findings if not f.good)


def test_the_manifest_has_what_is_used_and_each_scope_is_explained() -> None:
    made = manifest()
    assert made["oauth_config"]["scopes"]["bot"] == sorted(SCOPES)
    assert all(SCOPES.values())
    assert made["settings"]["socket_mode_enabled"] is True
    over_http = manifest(url="https://desk.example/")
    assert over_http["settings"]["socket_mode_enabled"] is False
    request_url = over_http["settings"]["event_subscriptions"]["request_url"]
    assert request_url == "https://desk.example/slack/events"
    assert over_http["oauth_config"]["redirect_urls"] == ["https://desk.example/slack/oauth"]


def test_the_command_prints_json_alone_to_stdout() -> None:
    run = CliRunner().invoke(app, ["slack", "manifest", "--name", "Helper"])
    assert run.exit_code == 0
    assert json.loads(run.stdout)["display_information"]["name"] == "Helper"
    assert "reactions:write" in run.stderr


def test_a_check_without_a_token_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FIRSTLINE_SLACK_BOT_TOKEN", raising=False)
    run = CliRunner().invoke(app, ["slack", "check"])
    assert run.exit_code != 0
    assert "FIRSTLINE_SLACK_BOT_TOKEN" in str(run.exception)


@pytest.mark.asyncio
async def test_a_good_set_up_is_good(slack: FakeSlack) -> None:
    furnish(slack)
    slack.scopes = ",".join(SCOPES)
    slack.echoes = True
    found = await findings_of(slack, SlackKeys(BOT_TOKEN, APP_TOKEN), RULES)
    assert wrong(found) == ""
    assert len(found) == 6


@pytest.mark.asyncio
async def test_each_thing_that_is_wrong_is_named_with_its_cure(slack: FakeSlack) -> None:
    furnish(slack)
    slack.scopes = "chat:write,channels:read,groups:read,admin"
    slack.channels[REQUESTS]["is_member"] = False
    slack.channels[ON_MENTION]["is_archived"] = True
    rules = {
        "it-help": SlackSettings(
            channels=(REQUESTS, "C0NOWHERE"), mention_channels=(ON_MENTION,), triage_channel="G0X"
        )
    }
    found = await findings_of(slack, SlackKeys(BOT_TOKEN, "xapp-wrong"), rules)
    told = wrong(found)
    assert "reactions:write (puts the eyes" in told
    assert "#it-help of [it-help.slack]: the app is not in it → In Slack, write /invite" in told
    assert "C0NOWHERE of [it-help.slack] is not there" in told
    assert "#random of [it-help.slack] is archived" in told
    assert "G0X" in told
    assert "connections:write" in told
    assert any("more scopes than Firstline uses: admin" in finding.what for finding in found)


@pytest.mark.asyncio
async def test_a_wrong_token_a_dead_slack_and_no_way_in(slack: FakeSlack) -> None:
    told = wrong(await findings_of(slack, SlackKeys("xoxb-wrong"), {}))
    assert "the bot token is not good: auth.test: invalid_auth" in told
    assert "no way in for events" in told
    assert "no desk is found in Slack" in told
    slack.fail("auth.test", status=503)
    told = wrong(await findings_of(slack, SlackKeys(BOT_TOKEN, APP_TOKEN), RULES))
    assert "Slack does not answer" in told
    told = wrong(await findings_of(slack, SlackKeys(None, APP_TOKEN, client_id="1.2"), RULES))
    assert "no workspace has installed the app" in told


@pytest.mark.asyncio
async def test_an_installed_workspace_is_asked_what_its_token_is_worth_now(
    slack: FakeSlack,
) -> None:
    furnish(slack)
    slack.echoes = True
    slack.scopes = ",".join(SCOPES)
    of_second_workspace(slack)
    stored = Workspace("slack", "T0SECOND", "Second", "xoxb-second", "U0BOT2", "B0BOT2", ("admin",))
    keys = SlackKeys(BOT_TOKEN, APP_TOKEN)
    found = await findings_of(slack, keys, {}, installed=(stored,))
    assert any(one.what == "Second (T0SECOND): the bot token is good" for one in found)
    assert "scopes are missing" not in wrong(found), "it has others than when it was installed"
    slack.tokens.pop("xoxb-second")
    told = wrong(await findings_of(slack, keys, {}, installed=(stored,)))
    assert "Second (T0SECOND): Slack refuses the bot token: invalid_auth → install" in told


@pytest.mark.asyncio
async def test_events_are_proved_where_the_bot_is_only_called(slack: FakeSlack) -> None:
    furnish(slack)
    slack.echoes = True
    slack.scopes = ",".join(SCOPES)
    rules = {"it-help": SlackSettings(mention_channels=(ON_MENTION,))}
    found = await findings_of(slack, SlackKeys(BOT_TOKEN, APP_TOKEN), rules)
    assert wrong(found) == ""
    assert f"a post in {ON_MENTION} was made" in found[-1].what


def of_second_workspace(slack: FakeSlack) -> None:
    bot = {"team_id": "T0SECOND", "team": "Second", "user_id": "U0BOT2", "bot_id": "B0BOT2"}
    slack.tokens["xoxb-second"] = bot
    slack.methods["oauth.v2.access"] = lambda _, said: (
        {
            "ok": True,
            "access_token": "xoxb-second",
            "token_type": "bot",
            "scope": "chat:write,users:read",
            "bot_user_id": "U0BOT2",
            "app_id": "A0APP",
            "team": {"id": "T0SECOND", "name": "Second"},
            "enterprise": None,
        }
        if said["code"] == "good"
        else {"ok": False, "error": "invalid_code"}
    )


@pytest.mark.asyncio
async def test_a_second_workspace_installs_the_app_and_is_served(
    slack: FakeSlack, tmp_path: Path
) -> None:
    of_second_workspace(slack)
    several = {"slack_client_id": "1.2", "slack_client_secret": "s"}
    async with open_office(slack, tmp_path, http=True, **several) as office:
        async with httpx.AsyncClient(base_url=office.server.url, timeout=60) as browser:
            wish = await browser.get("/slack/install")
            site, there = urlsplit(slack.url), urlsplit(wish.headers["location"])
            assert (there.scheme, there.netloc) == (site.scheme, site.netloc)
            assert there.path == "/oauth/v2/authorize"
            asked = parse_qs(there.query)
            assert asked["scope"][0].split(",") == sorted(SCOPES)
            state = asked["state"][0]
            assert (
                await browser.get("/slack/oauth", params={"state": "x", "code": "good"})
            ).status_code == 400
            browser.cookies.set("firstline_slack_install", state, path="/slack")
            bad = await browser.get("/slack/oauth", params={"state": state, "code": "bad"})
            assert bad.status_code == 502
            browser.cookies.set("firstline_slack_install", state, path="/slack")
            back = await browser.get("/slack/oauth", params={"state": state, "code": "good"})
            assert (back.status_code, "installed" in back.text) == (200, True)
        slack.users[ADA]["team_id"] = "T0SECOND"
        event = slack.message(ADA, REQUESTS, "My laptop hangs", team="T0SECOND")
        body = {"type": "event_callback", "team_id": "T0SECOND", "event": event, "event_id": "E1"}
        assert (await slack.send_http(office.server.url, body)).status_code == 200
        await slack.wait_for_posts(event["ts"], 2)
        tokens = {call.token for call in slack.calls if call.method == "chat.postMessage"}
        assert tokens == {"xoxb-second"}
        gone = {"type": "app_uninstalled"}
        body = {"type": "event_callback", "team_id": "T0SECOND", "event": gone, "event_id": "E2"}
        assert (await slack.send_http(office.server.url, body)).status_code == 200
        assert await office.workspaces() == []


@pytest.mark.asyncio
async def test_an_installation_begun_in_another_browser_is_refused(
    slack: FakeSlack, tmp_path: Path
) -> None:
    of_second_workspace(slack)
    several = {"slack_client_id": "1.2", "slack_client_secret": "s"}
    async with open_office(slack, tmp_path, http=True, **several) as office:
        url = office.server.url
        async with httpx.AsyncClient(base_url=url, timeout=60) as attacker:
            begun = await attacker.get("/slack/install")
        state = parse_qs(urlsplit(begun.headers["location"]).query)["state"][0]
        async with httpx.AsyncClient(base_url=url, timeout=60) as victim:
            there = await victim.get("/slack/oauth", params={"state": state, "code": "good"})
        assert there.status_code == 400
        assert await office.workspaces() == []


@pytest.mark.asyncio
async def test_the_assistant_pane_is_greeted_once(office: Office) -> None:
    opened = {"user_id": ADA, "channel_id": ADAS_MESSAGES, "thread_ts": "1700000001.000100"}
    event = {"type": "assistant_thread_started", "assistant_thread": {**opened, "context": {}}}
    await office.slack.event(event, times=3)
    await office.slack.wait_for("chat.postMessage", thread_ts="1700000001.000100")
    await office.nothing_under_way()
    assert len(office.slack.called("chat.postMessage")) == 1


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ('channels = ["#it-help"]', "must be a list of channel ids"),
        ('channels = "C0123"', "must be a list of texts"),
        ('guests = "maybe"', "must be one of refuse, serve"),
        ('chanels = ["C0123"]', "is not known here"),
        ('channels = ["C0123"]\nmention_channels = ["C0123"]', "is already in"),
        ('workspace = "acme"', "must be a workspace's id"),
    ],
)
def test_faults_in_the_desks_file_are_named(tmp_path: Path, table: str, problem: str) -> None:
    file = tmp_path / "desks.toml"
    file.write_text(DESKS.split("[it-help.slack]")[0] + "[it-help.slack]\n" + table, "utf-8")
    with pytest.raises(BadDesksFile, match=problem):
        Desks.load(file)
