"""A transcript on its customer's clock, in their language, and with nothing in it that runs."""

from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest

from bot.transcript.page import Line, Transcript, zone_named

LATE = datetime(2026, 12, 1, 22, 30, tzinfo=UTC)
ATTACKS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "</title><script>alert(1)</script>",
    "</p></article><iframe src=javascript:alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "{{ 7*7 }}",
    "<!-- --!><script>alert(1)</script>",
)


def transcript(*lines: Line, language: str = "en", zone: str = "Europe/Warsaw") -> Transcript:
    return Transcript("Obsługa klienta", language, ZoneInfo(zone), lines)


def hello(kind: str = "customer", name: str | None = None, words: str = "Hello") -> Line:
    return Line(kind, name, words, LATE)


def test_times_are_the_customers_and_say_so() -> None:
    warsaw = transcript(hello(), hello("bot"), language="pl")
    assert warsaw.title == "Obsługa klienta: rozmowa z 1 grudnia 2026"
    assert "[23:30] Ty\nHello" in warsaw.as_text()
    assert "Europe/Warsaw" in warsaw.as_text()
    assert "czas środkowoeuropejski" in warsaw.as_html().lower()
    tokyo = transcript(hello(), zone="Asia/Tokyo")
    assert "December 2, 2026" in tokyo.title
    assert "7:30" in tokyo.as_text()
    assert tokyo.file_name == "Obsluga-klienta-2026-12-02.html"


def test_a_new_day_has_a_heading() -> None:
    after = Line("agent", "Anna", "Good morning", LATE + timedelta(hours=9))
    days = [day for day, _ in transcript(hello(), after).days()]
    assert days == ["December 1, 2026", "December 2, 2026"]


def test_everyone_has_a_name() -> None:
    page = transcript(
        hello(), hello("bot"), hello("agent", "Anna"), hello("agent"), hello("system")
    )
    names = [page.author(line) for line in page.lines]
    assert names == ["You", "Assistant", "Anna", "Agent", "Obsługa klienta"]


class Tags(HTMLParser):
    """Which elements a browser would make, and with which attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.attributes |= {name for name, _ in attrs}


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_people_wrote_is_text(attack: str) -> None:
    clean = Tags(transcript(hello("agent", "Anna")).as_html())
    html = transcript(hello("agent", attack, attack)).as_html()
    attacked = Tags(html)
    assert attacked.seen == clean.seen
    assert attacked.attributes == clean.attributes
    assert "default-src 'none'" in html
    assert "49" not in html.replace("+00:00", "") or attack != "{{ 7*7 }}"


@pytest.mark.parametrize("name", [None, "", "Mars/Base", "../../etc/passwd", "x" * 65, "a b"])
def test_what_is_no_zone_is_the_desks(name: str | None) -> None:
    assert zone_named(name, ZoneInfo("Europe/Warsaw")).key == "Europe/Warsaw"
    assert zone_named("Asia/Tokyo", ZoneInfo("UTC")).key == "Asia/Tokyo"
