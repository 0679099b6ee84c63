"""A triage channel that others come to read gets no more of what customers say."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.clock import now
from bot.desk_settings.slack import SlackSettings
from bot.timers.models import Timer
from connectors.slack.after.digest import WeeklyDigests
from connectors.slack.connector import SlackKeys
from connectors.slack.privates import KEPT_SECONDS, Privates
from tests.connectors.slack.agents import asks_for_human, card, cards, thread, told, until
from tests.connectors.slack.fake import APP_TOKEN, BOT_TOKEN, FakeSlack, Json
from tests.connectors.slack.office import ADA, BOB, REQUESTS, TRIAGE, Office, furnish
from tests.connectors.slack.test_setup import findings_of, wrong
from tests.connectors.slack.test_watch import alarmed

OPENED = pytest.mark.parametrize(
    ("change", "kind"),
    [({"is_private": False}, "slack_public"), ({"is_ext_shared": True}, "slack_shared")],
)
SECRET = "Nobody else may read this"


async def _nothing_waits(office: Office) -> bool:
    """Whether all cards were tried: what was refused waits for a minute."""
    return await office.parts.triage_cards.due({"it-help": f"T0FIRST:{TRIAGE}"}) == ()


async def _digest_is_due(office: Office) -> WeeklyDigests:
    digests = WeeklyDigests(office.server.app.state.slack.slack)
    await digests.look()
    async with office.parts.db.write() as tx:
        past = now() - timedelta(seconds=1)
        await tx.session.execute(update(Timer).where(Timer.kind == "digest").values(due_at=past))
    return digests


async def _all_that_would_be_told(office: Office, request: str) -> None:
    """A customer's words to a card that is there, another handoff, and the week."""
    digests = await _digest_is_due(office)
    await office.slack.post(ADA, REQUESTS, SECRET, thread_ts=request, parent_user_id=ADA)
    await asks_for_human(office, BOB, f"{SECRET}, please")
    await office.said(4)
    await digests.look()
    await office.nothing_under_way()
    await until(office, lambda: _nothing_waits(office))


def _told_there(slack: FakeSlack, since: int) -> list[Json]:
    return [
        call.arguments
        for call in slack.calls[since:]
        if call.arguments.get("channel") == TRIAGE and call.method != "conversations.info"
    ]


@OPENED
@pytest.mark.asyncio
async def test_the_watch_finds_it_and_from_then_on_nothing_is_told_there(
    triage: Office, monkeypatch: pytest.MonkeyPatch, change: Json, kind: str
) -> None:
    for name in ("START_SECONDS", "TICK_SECONDS", "EVERY_SECONDS", "AGAIN_SECONDS"):
        monkeypatch.setattr(f"connectors.slack.watch.{name}", 0.02)
    request = await asks_for_human(triage)
    await told(triage, await card(triage), "A person, please")
    triage.slack.channels[TRIAGE] |= change
    channel = triage.server.app.state.slack.slack
    channel.line.look_at_once()
    await alarmed(triage, (kind, "#it-triage"))
    since = len(triage.slack.calls)
    await _all_that_would_be_told(triage, request)
    assert _told_there(triage.slack, since) == []
    assert len(cards(triage.slack)) == 1


@OPENED
@pytest.mark.asyncio
async def test_without_the_watch_it_is_seen_when_the_answer_is_a_minute_old(
    triage: Office, monkeypatch: pytest.MonkeyPatch, change: Json, kind: str
) -> None:
    request = await asks_for_human(triage)
    post = await card(triage)
    await told(triage, post, "A person, please")
    lines = len(thread(triage, post))
    triage.slack.channels[TRIAGE] |= change
    privates = triage.server.app.state.slack.slack.privates
    assert privates.has(f"T0FIRST:{TRIAGE}")
    later = privates.now() + KEPT_SECONDS
    monkeypatch.setattr(privates, "_clock", lambda: later)
    since = len(triage.slack.calls)
    await _all_that_would_be_told(triage, request)
    assert _told_there(triage.slack, since) == []
    assert len(thread(triage, post)) == lines


def test_the_answer_counts_for_a_minute_from_the_question() -> None:
    at = 100.0
    privates = Privates(lambda: at)
    privates.keep("T:C", 90.0)
    at = 149.9
    assert privates.has("T:C")
    assert not privates.has("T:D")
    at = 150.0
    assert not privates.has("T:C")
    privates.keep("T:C", at)
    privates.forget()
    assert not privates.has("T:C")


@pytest.mark.asyncio
async def test_a_channel_of_the_same_organization_alone_is_not_shared(triage: Office) -> None:
    triage.slack.channels[TRIAGE] |= {"is_shared": True, "is_org_shared": True}
    await asks_for_human(triage)
    await card(triage)


@pytest.mark.asyncio
async def test_the_check_refuses_a_triage_channel_that_is_shared(
    slack: FakeSlack, tmp_path: Path
) -> None:
    furnish(slack)
    slack.echoes = True
    keys = SlackKeys(bot_token=BOT_TOKEN, app_token=APP_TOKEN)
    slack.channels[TRIAGE]["is_ext_shared"] = True
    found = wrong(await findings_of(slack, keys, {"it-help": SlackSettings(triage_channel=TRIAGE)}))
    assert "triage channel, and shared with another organization" in found
    assert "Stop sharing it" in found
