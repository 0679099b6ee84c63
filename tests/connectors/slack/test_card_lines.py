"""What a card's thread tells, and how it is told again in the words of today. Pure."""

from datetime import UTC, datetime, timedelta

from bot.channel import CaseEntry
from connectors.slack.triage.lines import Told, told, told_again


def entry(number: int, words: str = "", *, note: bool = False, here: bool = False) -> CaseEntry:
    at = datetime(2026, 11, 30, 12, tzinfo=UTC) + timedelta(seconds=number)
    seq, source = None if note else number, "T:C:1" if here else None
    return CaseEntry("customer", "Ada", words or f"Line {number}", (), at, seq, source)


def posts_of(entries: list[CaseEntry]) -> list[Told]:
    return list(told(entries, seq=0, notes=0, here="T:C:", language="en"))


def again(entries: list[CaseEntry], post: Told) -> str:
    noted = 0
    after = []
    for one in entries:
        noted += one.is_note
        if noted > post.begin.notes if one.is_note else (one.seq or 0) > post.begin.seq:
            after.append(one)
    return told_again(after, post, here="T:C:", language="en")


def test_each_post_is_told_again_as_it_was_however_it_was_cut() -> None:
    entries = [entry(number, "word " * 100) for number in range(1, 31)]
    entries += [entry(40, note=True), entry(41, note=True, here=True), entry(42, note=True)]
    entries += [entry(50), entry(51)]
    posts = posts_of(entries)
    assert len(posts) > 1
    assert "18 earlier" not in posts[-1].text
    assert [again(entries, post) for post in posts] == [post.text for post in posts]
    assert "20 earlier lines" in posts[0].text


def test_what_grew_is_cut_until_slack_takes_it() -> None:
    entries = [entry(1, "ж" * 1500), entry(2, "Short")]
    (post,) = posts_of(entries)
    longer = [entry(1, "ж" * 1500), entry(2, "ж" * 2900)]
    words = again(longer, post)
    assert len(words.encode()) <= 3500
    assert words.count("*Ada*") == 2
