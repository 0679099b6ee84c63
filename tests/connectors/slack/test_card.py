"""The triage card: what an agent needs before the first word, within Slack's limits."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channel import Case, CaseExchange, CaseFact
from bot.conversations.state import Status
from bot.triage.cases import possible_in
from connectors.slack.triage.card import MOST_FACTS, Face, card, read_block
from tests.connectors.slack.fake import Json
from tests.connectors.slack.fake_methods import bad_blocks

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
AGO = f"<!date^{int(NOON.timestamp())}^{{ago}}|2026-11-29 12:00 UTC>"
TARGET = int((NOON + timedelta(minutes=30)).timestamp())
FACE = Face("en", "!!")
CASE = Case(
    conversation="0b9f4f0e-0000-4000-8000-000000000001",
    desk="it-help",
    status="queued",
    status_words="waiting for a person",
    epoch=3,
    channel="slack",
    channel_words="Slack",
    thread="T0FIRST:C0ITHELP:1764350001.000100",
    language="pl",
    language_words="speaks Polish",
    customer="Ada <Kowalska>",
    contact="ada@acme.example",
    reason="The customer asked for a person",
    topic="VPN & network",
    words="The VPN is down\n<!channel> help",
    facts=(CaseFact("Device", "ThinkPad <T14>"), CaseFact("Since", "this morning")),
    tried=(
        CaseExchange(("VPN is slow",), ("Restart the VPN.",)),
        CaseExchange(("Still slow",), ()),
    ),
    waiting_since=NOON,
    due_at=NOON + timedelta(minutes=30),
    agent_id=None,
    agent_name=None,
    undelivered=0,
    possible=possible_in(Status.QUEUED),
    as_of=NOON,
    last_seq=4,
    notes=0,
)
LONG = "<&>\n*_~`" * 2000


def lines(case: Case, face: Face = FACE) -> list[str]:
    """Everything that is read on it, block by block."""
    found = []
    for block in card(case, face).blocks:
        parts = [block.get("text"), *block.get("fields", ())]
        parts += block["elements"] if block["type"] == "context" else ()
        found += [part["text"] for part in parts if part]
    return found


def has(case: Case, *wanted: str, face: Face = FACE) -> None:
    said = lines(case, face)
    for words in wanted:
        assert any(words in line for line in said), (words, said)


def test_it_shows_who_wants_what_and_why_it_came_here() -> None:
    title, reason, wish, *_ = lines(CASE)
    assert title == ":red_circle: *Ada &lt;Kowalska&gt;* · waiting for a person"
    assert reason == "The customer asked for a person"
    assert wish == "*Wants:* VPN &amp; network\n> The VPN is down\n> &lt;!channel&gt; help"


def test_it_shows_what_is_known_and_what_the_bot_tried() -> None:
    has(
        CASE,
        "*Device*\nThinkPad &lt;T14&gt;",
        "*Since*\nthis morning",
        "• VPN is slow\n      ↳ Restart the VPN.\n• Still slow",
    )


def test_it_shows_since_when_they_wait_and_until_when_somebody_should_answer() -> None:
    has(CASE, f":hourglass: Waiting since {AGO}", f"target <!date^{TARGET}^")
    asleep = replace(CASE, status="snoozed", status_words="put off")
    has(asleep, f"put off until <!date^{TARGET}^")
    taken = replace(CASE, status="with_agent", agent_name="Ola <O>", agent_id="a1")
    has(taken, "Ola &lt;O&gt; has it")
    assert not any(f"<!date^{TARGET}^" in line for line in lines(taken)), "the target was met"
    has(replace(CASE, undelivered=1), "could not be delivered")


def test_what_is_over_tells_nothing_more_of_the_packet() -> None:
    said = "\n".join(lines(replace(CASE, status="closed", possible=frozenset())))
    for gone in ("ThinkPad", "VPN", "asked for a person"):
        assert gone not in said


def test_of_many_facts_and_long_ones_the_first_are_shown_and_the_rest_is_in_the_inbox() -> None:
    facts = tuple(CaseFact(f"Fact {n} {LONG}", f"value {n} {LONG}") for n in range(40))
    shown = card(replace(CASE, facts=facts, words=LONG, topic=LONG, reason=LONG), FACE)
    assert bad_blocks(shown.blocks) == ""
    said = json.dumps(shown.blocks, ensure_ascii=False)
    assert f"value {MOST_FACTS - 1} " in said
    assert f"value {MOST_FACTS} " not in said
    assert "inbox" in said.lower()
    assert len(shown.text) <= 3000


TEXT = st.one_of(
    st.text(max_size=30),
    st.builds(lambda piece, times: piece * times, st.text(min_size=1, max_size=8), st.just(1500)),
    st.sampled_from(["&", "<!channel>", "&amp;" * 900, "\n" * 4000, " " * 4000, "👩🏽‍🔧" * 1200]),
)
MAYBE = st.none() | TEXT
FACTS = st.lists(st.builds(CaseFact, TEXT, TEXT), max_size=30).map(tuple)
WORDS = st.lists(TEXT, max_size=4).map(tuple)
TRIED = st.lists(st.builds(CaseExchange, WORDS, WORDS), max_size=8).map(tuple)
ACTS = sorted({act for status in Status for act in possible_in(status)})


@given(
    status=st.sampled_from([status.value for status in Status]),
    possible=st.frozensets(st.sampled_from(ACTS)),
    customer=MAYBE,
    contact=MAYBE,
    reason=MAYBE,
    topic=MAYBE,
    words=MAYBE,
    facts=FACTS,
    tried=TRIED,
    agent_name=MAYBE,
    language=st.sampled_from(["en", "pl"]),
)
@settings(max_examples=150, deadline=None)
def test_whatever_is_in_it_slack_takes_it(language: str, **fields: object) -> None:
    shown = card(replace(CASE, **fields), Face(language))  # type: ignore[arg-type]
    assert bad_blocks(shown.blocks) == ""
    assert len(shown.text) <= 3000
    read = json.dumps(shown.blocks, ensure_ascii=False)
    assert "<!channel>" not in read, "nobody is called by what somebody wrote"
    for block in shown.blocks:
        if block["type"] == "actions":
            assert read_block(block["block_id"]) == (CASE.conversation, CASE.epoch)


@pytest.mark.parametrize("language", ["en", "pl"])
@pytest.mark.parametrize("status", list(Status))
def test_every_states_buttons_are_within_slacks_limits(status: Status, language: str) -> None:
    case = replace(CASE, status=status.value, possible=possible_in(status))
    shown = card(case, Face(language, "!!"))
    assert bad_blocks(shown.blocks) == ""
    rows: list[list[Json]] = [b["elements"] for b in shown.blocks if b["type"] == "actions"]
    assert len(rows) == (0 if status is Status.CLOSED else 1)


def test_each_change_that_is_seen_changes_the_digest() -> None:
    faces = [
        CASE,
        replace(CASE, epoch=4),
        replace(CASE, words="Something else"),
        replace(CASE, undelivered=1),
        replace(CASE, facts=CASE.facts[:1]),
    ]
    for one, other in combinations(faces, 2):
        assert card(one, FACE).digest != card(other, FACE).digest
    assert card(CASE, FACE).digest == card(replace(CASE, notes=7, last_seq=9), FACE).digest
