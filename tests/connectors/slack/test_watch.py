"""What stops Slack's channel is an alarm in the inbox until it is mended, and nothing else is."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path

import pytest
import pytest_asyncio

from bot.channel import Trouble, Workspace
from bot.launcher.limbo import examine_conversations
from connectors.slack.watch import Watch
from tests.connectors.slack.agents import AGENTS
from tests.connectors.slack.fake import BOT_TOKEN, FakeSlack, Json
from tests.connectors.slack.fake_methods import TEAM
from tests.connectors.slack.fake_world import Fault
from tests.connectors.slack.office import ADA, REQUESTS, TRIAGE, Office, open_office
from tests.databases import database_of
from tests.inbox import Office as Inbox

pytestmark = pytest.mark.asyncio
NEVER, PATIENCE_SECONDS = 3600.0, 30.0


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks all the time, and a socket may be closed for half a second."""
    for name, seconds in (
        *(("START_SECONDS", 0.0), ("TICK_SECONDS", 0.02), ("DOWN_SECONDS", 0.5)),
        *(("EVERY_SECONDS", 0.02), ("AGAIN_SECONDS", 0.02)),
    ):
        monkeypatch.setattr(f"connectors.slack.watch.{name}", seconds)


@pytest.fixture
def by_hand(often: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks by the clock."""
    for name in ("START_SECONDS", "TICK_SECONDS", "EVERY_SECONDS", "AGAIN_SECONDS"):
        monkeypatch.setattr(f"connectors.slack.watch.{name}", NEVER)


@pytest_asyncio.fixture
async def desk(slack: FakeSlack, tmp_path: Path) -> AsyncIterator[Office]:
    async with open_office(slack, tmp_path, desks=AGENTS) as running:
        yield running


async def troubles(office: Office) -> list[Trouble]:
    """Of this process's alarms, as the inbox shows them."""
    await office.parts.upkeep.look()
    return [alarm.trouble for alarm in office.parts.upkeep.alarms if alarm.trouble is not None]


async def alarmed(office: Office, *wanted: tuple[str, str]) -> list[Trouble]:
    """Once exactly these are alarms: (kind, place)."""
    found: list[Trouble] = []
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                found = await troubles(office)
                if {(one.kind, one.place) for one in found} == set(wanted):
                    return found
                await asyncio.sleep(0.02)
    raise AssertionError(f"not in time: {wanted}, but {found}")


async def looks(slack: FakeSlack, count: int = 3) -> None:
    """Until the watch has asked for the request channel so often from now on."""
    before = len(slack.called("conversations.info", channel=REQUESTS))
    await slack.wait_for("conversations.info", before + count, channel=REQUESTS)


def refuses(error: str) -> Callable[[FakeSlack, Json], Json]:
    return lambda *_: {"ok": False, "error": error}


async def test_an_archived_triage_channel_is_shown_to_its_desk_until_it_is_mended(
    slack: FakeSlack, desk: Office, tmp_path: Path
) -> None:
    inbox = Inbox(desk.server.app)
    anna, ben = await inbox.hire("Anna", ["it-help"]), await inbox.hire("Ben", ["customer-care"])
    await looks(slack)
    assert await troubles(desk) == []
    slack.channels[TRIAGE]["is_archived"] = True
    (trouble,) = await alarmed(desk, ("slack_archived", "#it-triage"))
    page = await anna.page("/inbox")
    assert "IT help: the agents’ channel #it-triage is archived in Slack" in page
    assert f'datetime="{trouble.since.isoformat()}"' in page
    assert "Unarchive it in Slack" in page
    await anna.post("/inbox/language", language="pl")
    page = await anna.page("/inbox/list", list_digest="")
    assert "Pomoc IT: kanał agentów #it-triage jest w Slacku zarchiwizowany" in page
    assert "przywrócić go w Slacku z archiwum" in page
    assert "slack_archived" not in await ben.page("/inbox")
    report = (await anna.http.get("/readyz")).json()["conversations"]
    assert (report["channel_troubles"], report["alarms"]) == (1, ["slack_archived"])
    told = await asyncio.to_thread(lambda: [*examine_conversations(database_of(tmp_path))])
    assert any(
        "#it-triage is archived" in check.detail and "desks.toml" in (check.remedy or "")
        for check in told
    )
    await looks(slack)
    assert await troubles(desk) == [trouble], "since then, not since the last look"
    slack.channels[TRIAGE]["is_archived"] = False
    await alarmed(desk)
    assert "slack_archived" not in await anna.page("/inbox")
    await inbox.close()


async def test_every_way_to_lose_a_channel_is_told_with_its_name(
    slack: FakeSlack, desk: Office
) -> None:
    await looks(slack)
    channel = slack.channels[REQUESTS]
    channel["is_member"] = False
    await alarmed(desk, ("slack_left", "#it-help"))
    channel["is_member"] = True
    await alarmed(desk)
    del slack.channels[REQUESTS]
    await alarmed(desk, ("slack_gone", "#it-help"))
    slack.channels[REQUESTS] = channel
    slack.channels[TRIAGE]["is_private"] = False
    await alarmed(desk, ("slack_public", "#it-triage"))
    slack.channels[TRIAGE]["is_private"] = True
    slack.methods["conversations.info"] = refuses("missing_scope")
    await alarmed(desk, *[("slack_scopes", f"#{n}") for n in ("it-help", "random", "it-triage")])
    del slack.methods["conversations.info"]
    await alarmed(desk)


async def test_a_revoked_bot_token_is_one_alarm_whatever_was_wrong_before_stays(
    slack: FakeSlack, desk: Office
) -> None:
    slack.channels[REQUESTS]["is_archived"] = True
    before = await alarmed(desk, ("slack_archived", "#it-help"))
    token = slack.tokens.pop(BOT_TOKEN)
    found = await alarmed(desk, ("slack_archived", "#it-help"), ("slack_signed_out", "Acme"))
    assert before[0] in found
    slack.tokens[BOT_TOKEN] = token
    await alarmed(desk, ("slack_archived", "#it-help"))
    slack.channels[REQUESTS]["is_archived"] = False
    await alarmed(desk)


async def test_a_token_that_is_bad_from_the_beginning_is_told_as_well(
    slack: FakeSlack, tmp_path: Path
) -> None:
    token = slack.tokens.pop(BOT_TOKEN)
    async with open_office(slack, tmp_path, desks=AGENTS) as desk:
        await alarmed(desk, ("slack_signed_out", "Slack"))
        slack.tokens[BOT_TOKEN] = token
        await alarmed(desk)


async def test_a_refused_app_token_is_told_at_once_and_a_socket_that_stays_closed_in_time(
    slack: FakeSlack, desk: Office
) -> None:
    slack.methods["apps.connections.open"] = refuses("token_revoked")
    await slack.cut()
    await alarmed(desk, ("slack_socket_refused", "Slack"))
    slack.methods["apps.connections.open"] = refuses("internal_error")
    await alarmed(desk, ("slack_socket_down", "Slack"))
    del slack.methods["apps.connections.open"]
    await alarmed(desk)


async def test_a_slack_that_is_down_or_too_fast_raises_no_alarm_and_ends_none(
    slack: FakeSlack, desk: Office
) -> None:
    slack.channels[TRIAGE]["is_archived"] = True
    before = await alarmed(desk, ("slack_archived", "#it-triage"))
    slack.channels[TRIAGE]["is_archived"] = False
    for fault in (
        *(Fault(status=503), Fault(error="internal_error"), Fault(error="accesslimited")),
        *(Fault(body="<html>"), Fault(status=429, retry_after=0.01)),
    ):
        slack.chaos = lambda _, fault=fault: fault
        asked = len(slack.called("auth.test"))
        await slack.wait_for("auth.test", asked + 2)
        assert await troubles(desk) == before, fault
    slack.chaos = None
    await alarmed(desk)


async def test_a_pause_that_slack_asks_for_is_kept_and_the_channel_is_looked_at_after_it(
    slack: FakeSlack, by_hand: None, desk: Office
) -> None:
    slack.channels[REQUESTS]["is_archived"] = True
    slack.fail("conversations.info", status=429, retry_after=0.1)
    await Watch(channel_of(desk)).tick()
    assert [one.kind for one in await troubles(desk)] == ["slack_archived"]


def channel_of(office: Office):  # type: ignore[no-untyped-def]
    return office.server.app.state.slack.slack


async def test_of_two_services_one_looks_and_both_show_one_alarm(
    slack: FakeSlack, tmp_path: Path, by_hand: None
) -> None:
    async with (
        open_office(slack, tmp_path, desks=AGENTS) as one,
        open_office(slack, tmp_path, desks=AGENTS) as other,
    ):
        slack.channels[TRIAGE]["is_archived"] = True
        watches = [Watch(channel_of(office)) for office in (one, other)]
        await asyncio.gather(*(watch.tick() for watch in watches))
        assert len(slack.called("conversations.info", channel=REQUESTS)) == 1
        for office in (one, other):
            assert [each.kind for each in await troubles(office)] == ["slack_archived"]


@pytest.mark.parametrize("kind", ["channel_archive", "channel_left", "group_deleted"])
async def test_what_slack_tells_of_a_channel_is_looked_at_at_once(
    slack: FakeSlack, tmp_path: Path, by_hand: None, kind: str
) -> None:
    async with open_office(slack, tmp_path, desks=AGENTS) as desk:
        slack.channels[REQUESTS]["is_archived"] = True
        await slack.event({"type": kind, "channel": REQUESTS, "actor_id": ADA})
        await alarmed(desk, ("slack_archived", "#it-help"))


@pytest.mark.parametrize(
    "event",
    [{"type": "app_uninstalled"}, {"type": "tokens_revoked", "tokens": {"bot": ["U0BOT"]}}],
)
async def test_an_app_that_is_taken_away_is_told_at_once(
    slack: FakeSlack, tmp_path: Path, by_hand: None, event: Json
) -> None:
    async with open_office(slack, tmp_path, desks=AGENTS) as desk:
        await desk.parts.slack.calls.teams.of(TEAM)  # type: ignore[union-attr]
        slack.tokens.clear()
        await slack.event(event)
        await alarmed(desk, ("slack_signed_out", "Acme"))


async def test_a_desk_whose_workspace_has_not_installed_us_is_told_until_it_has(
    slack: FakeSlack, tmp_path: Path
) -> None:
    desks = AGENTS.replace("channels = [", 'workspace = "T0OTHER"\nchannels = [', 1)
    async with open_office(slack, tmp_path, desks=desks) as desk:
        await alarmed(desk, ("slack_not_installed", "T0OTHER"))
        slack.tokens["xoxb-other"] = {"team_id": "T0OTHER", "team": "Other", "user_id": "U0BOT"}
        teams = desk.parts.slack.calls.teams  # type: ignore[union-attr]
        await teams.keep(Workspace("slack", "T0OTHER", "Other", "xoxb-other", "U0BOT"))
        await alarmed(desk)
        del slack.tokens["xoxb-other"]
        await alarmed(desk, ("slack_signed_out", "Other"))
