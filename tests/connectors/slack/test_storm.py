"""Duplicates and faults at once: every request is answered once, none is lost."""

import os

import pytest

from tests.connectors.slack.office import REQUESTS, Office
from tests.connectors.slack.storm import Storm
from tests.desk import answer

# The long one: FIRSTLINE_SLACK_EVENTS=10000; `python -m benchmarks.slack` measures it.
EVENTS = int(os.environ.get("FIRSTLINE_SLACK_EVENTS", "120"))


@pytest.mark.real_patience
@pytest.mark.asyncio
async def test_each_of_many_requests_is_answered_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.slack.pace.APART_SECONDS", 0.01)
    office.engine.at_once = answer("Restart it.", intent="greet")
    storm = Storm(EVENTS, (REQUESTS,))
    await storm.rage(office)
    answers = storm.answers(office.slack)
    assert {ts: len(posts) for ts, posts in answers.items()} == dict.fromkeys(storm.sent_at, 1)
    assert len(office.engine.requests) == EVENTS
    assert len(await office.conversations()) == EVENTS
