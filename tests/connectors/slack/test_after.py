"""After a request: satisfaction, the desk's week; and agents who are only in Slack."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import select, update

from bot.channel import Digest, TopicCount
from bot.clock import now
from bot.survey.models import Survey
from bot.timers.models import Timer
from connectors.slack.after.digest import WeeklyDigests, digest_in_words
from connectors.slack.triage.presence import SlackPresence
from tests.connectors.slack.agents import (
    AGENTS,
    asks_for_human,
    card,
    hire,
    press,
    shows,
    submit,
    until,
)
from tests.connectors.slack.fake import FakeSlack, Json
from tests.connectors.slack.office import (
    ADA,
    BOB,
    OLA,
    REQUESTS,
    TRIAGE,
    Office,
    actions_of,
    open_office,
)


@pytest_asyncio.fixture
async def office(slack: FakeSlack, tmp_path: Path) -> AsyncIterator[Office]:
    desks = AGENTS.replace("reply_prefix", 'agents_in_slack = "active"\nreply_prefix')
    async with open_office(slack, tmp_path, desks=desks) as running:
        await hire(running, "Ola")
        yield running


def question(office: Office, ts: str) -> Json | None:
    posts = office.slack.in_thread(ts)
    return next((post for post in posts if "1 – badly" in actions_of(post)), None)


async def solved_by_ola(office: Office) -> tuple[str, Json]:
    """A request that Ola has answered and closed, and the question about it."""
    ts = await asks_for_human(office)
    post = await card(office)
    await press(office, OLA, post, "claim")
    await shows(office, post, "reply")
    await press(office, OLA, post, "reply")
    (opened,) = await office.slack.wait_for("views.open")
    await submit(office, OLA, opened["view"], {"value": "Done"})
    await press(office, OLA, post, "close")
    await office.slack.until(lambda: question(office, ts) is not None, "the question")
    found = question(office, ts)
    assert found is not None
    return ts, found


async def surveys(office: Office) -> list[tuple[int | None, int | None]]:
    async with office.parts.db.read() as session:
        found = await session.scalars(select(Survey))
        return [(row.bot_score, row.human_score) for row in found]


@pytest.mark.asyncio
async def test_the_requester_rates_whoever_helped_once(office: Office) -> None:
    _, asked = await solved_by_ola(office)
    assert "How did Ola help you?" in asked["text"]
    buttons = actions_of(asked)
    await office.slack.press(BOB, dict(asked), buttons["5 – very well"])
    await office.slack.wait_for("chat.postEphemeral", user=BOB)
    assert await surveys(office) == []
    await office.slack.press(ADA, dict(asked), buttons["4"])
    await office.slack.until(lambda: "★★★★☆" in asked["text"], "thanks")
    await office.slack.press(ADA, dict(asked) | {"blocks": []}, buttons["1 – badly"])
    await office.slack.until(office.slack.is_all_acknowledged, "an answer")
    assert await surveys(office) == [(None, 4)]


@pytest.mark.asyncio
async def test_nobody_is_asked_about_what_was_no_request(office: Office) -> None:
    ts = await asks_for_human(office, text="Lunch?")
    post = await card(office)
    await press(office, OLA, post, "not_a_request")

    async def is_closed() -> bool:
        return (await office.conversations())[0].status == "closed"

    await until(office, is_closed)
    await office.nothing_under_way()
    assert question(office, ts) is None


@pytest.mark.asyncio
async def test_the_week_is_told_in_the_triage_channel_once(office: Office) -> None:
    await office.slack.post(ADA, REQUESTS, "My laptop hangs")
    await office.said(2)
    digests = WeeklyDigests(office.server.app.state.slack.slack)
    await digests.look()
    async with office.parts.db.write() as tx:
        past = now() - timedelta(seconds=1)
        await tx.session.execute(update(Timer).where(Timer.kind == "digest").values(due_at=past))
    await digests.look()
    await digests.look()
    told = [call for call in office.slack.called("chat.postMessage", channel=TRIAGE)]
    told = [call for call in told if "the last seven days" in call["text"]]
    assert len(told) == 1
    assert "Requests: *1*, answered by the bot alone: *1*" in told[0]["text"]


@pytest.mark.asyncio
async def test_an_agent_who_is_only_in_slack_counts_while_active(office: Office) -> None:
    office.slack.channels[TRIAGE]["members"] = ["U0BOT", OLA, BOB]
    active = {"presence": "away"}
    office.slack.methods["users.getPresence"] = lambda *_: {"ok": True} | active
    assert not await office.parts.presence.anyone_online("it-help")
    presence = SlackPresence(office.server.app.state.slack.slack)
    await presence.beat()
    assert not await office.parts.presence.anyone_online("it-help")
    active["presence"] = "active"
    presence._active.clear()
    await presence.beat()
    office.parts.presence._asked_at = None
    assert await office.parts.presence.anyone_online("it-help")


@pytest.mark.parametrize("language", ["en", "pl"])
def test_a_week_in_words(language: str) -> None:
    digest = Digest(
        desk="it-help",
        since=datetime(2026, 11, 23, 8, tzinfo=UTC),
        until=datetime(2026, 11, 30, 8, tzinfo=UTC),
        opened=12,
        solved_by_bot=7,
        handed_off=5,
        closed=3,
        topics=(TopicCount("VPN <b>", 4), TopicCount("Password", 3)),
        unsolved=2,
        waiting=1,
        oldest_waiting=datetime(2026, 11, 30, 7, tzinfo=UTC),
        waiting_for_customer=1,
        rating=4.25,
        ratings=4,
    )
    words = digest_in_words(digest, "IT", language)
    assert len(words.splitlines()) == 6
    assert "VPN &lt;b&gt; (4), Password (3)" in words
    assert ("4.2" if language == "en" else "4,2") in words
    empty = digest_in_words(
        Digest("it-help", digest.since, digest.until, 0, 0, 0, 0, (), 0, 0, None, 0, None, 0),
        "IT",
        language,
    )
    assert len(empty.splitlines()) == 3
    assert json.dumps(empty)
