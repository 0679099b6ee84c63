"""Whom a customer may rate, by the whole table of what can have happened."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.survey.rules import Episode, Part, parts_to_rate

CLOSED = datetime(2026, 12, 1, 12, tzinfo=UTC)
WEEK = timedelta(days=7)
EPISODE = Episode(CLOSED, is_spam=False, authors={"customer", "bot", "agent"}, is_rated=False)


def parts(episode: Episode, *, after: timedelta = timedelta()) -> tuple[Part, ...]:
    return parts_to_rate(episode, at=CLOSED + after, open_for=WEEK)[0]


@pytest.mark.parametrize(
    ("authors", "expected"),
    [
        ({"customer", "bot", "system"}, (Part.BOT,)),
        ({"customer", "agent", "system"}, (Part.HUMAN,)),
        ({"customer", "bot", "agent"}, (Part.BOT, Part.HUMAN)),
        ({"customer", "system"}, ()),
        ({"agent"}, ()),
    ],
)
def test_who_spoke_is_rated(authors: set[str], expected: tuple[Part, ...]) -> None:
    assert parts(replace(EPISODE, authors=authors)) == expected


def test_nobody_is_asked_before_the_end_after_spam_or_twice() -> None:
    assert parts(EPISODE) == (Part.BOT, Part.HUMAN)
    assert parts(replace(EPISODE, closed_at=None)) == ()
    assert parts(replace(EPISODE, is_spam=True)) == ()
    assert parts(replace(EPISODE, is_rated=True)) == ()


def test_it_expires_and_says_when() -> None:
    _, until = parts_to_rate(EPISODE, at=CLOSED, open_for=WEEK)
    assert until == CLOSED + WEEK
    assert parts(EPISODE, after=WEEK - timedelta(seconds=1)) != ()
    assert parts(EPISODE, after=WEEK) == ()
    assert parts_to_rate(EPISODE, at=CLOSED, open_for=timedelta()) == ((), None)
