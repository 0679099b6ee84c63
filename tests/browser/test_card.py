"""The evidence card as agents see it: each part with what the desk's own services have written."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from bot.channel import Rating
from tests.browser.inbox import everybody_speaks, opens, signed_in, takes_look
from tests.browser.live import LiveAgent, LiveDesk, Widget, configured_desk
from tests.browser.test_accessible import AXE_OPTIONS
from tests.browser.test_people import LOOKS
from tests.desk import DESK

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
SETTINGS = f"""
[{DESK}]
name = {{ en = "Customer care", pl = "Obsługa klienta" }}
[{DESK}.targets]
next_response_minutes = 30
"""
RANKING = (("care_order_status", 0.62), ("care_delivery_late", 0.21), ("care_return_item", 0.08))
BY_BOT = "We will send you the parcel again within 2 days."
BY_AGENT = "I will call you back before noon."


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[LiveDesk]:
    with configured_desk(tmp_path, SETTINGS) as opened:
        yield opened


@dataclass(frozen=True)
class Case:
    """A customer who waits again, after all that a card can tell of."""

    anna: LiveAgent
    id: str
    earlier: str
    thread: str


def rated_before(desk: LiveDesk, widget: Widget, anna: LiveAgent) -> str:
    """The customer's first conversation: two stars for the bot, four for Anna."""
    widget.says("How long does delivery take?")
    widget.hears("bot", "Two working days.")
    anna.claims()
    anna.replies("Two days, indeed.")
    anna.closes()
    over = desk.conversation()
    rating = Rating(over.id, {"bot": 2, "human": 4})
    desk.run(desk.parts.surveys.rate("web", over.thread, rating))
    return over.id


def upset(desk: LiveDesk, widget: Widget) -> None:
    """Asks, says what they think of it, and asks for a person."""
    ranking = [{"name": name, "confidence": share} for name, share in RANKING]
    slots = {"order_number": "10482"}
    desk.says(BY_BOT, intent=RANKING[0][0], confidence=0.62, ranking=ranking, slots=slots)
    widget.says("Where is my order 10482?")
    widget.hears("bot", BY_BOT)
    desk.says("I am sorry.", intent="frustrated", slots=slots)
    widget.says("This is unbelievable!")
    widget.hears("bot", "I am sorry.")
    widget.chat.locator(".human").click()
    widget.hears("system", "passing you on")


def case_of(desk: LiveDesk, chromium: Browser) -> Case:
    widget = Widget.visit(chromium, desk.url)
    widget.open()
    anna = desk.agent()
    earlier = rated_before(desk, widget, anna)
    upset(desk, widget)
    there = desk.conversation()
    desk.run(desk.parts.waiting_room.correct("web", there.thread, "order_number", "10483"))
    anna.claims()
    facts = desk.parts.handling.facts
    desk.run(facts.put(anna._agent, there.id, "Parcel locker", "WAW01A"))
    desk.run(facts.put(anna._agent, there.id, "Parcel locker", "WAW02B"))
    anna.replies(BY_AGENT)
    widget.hears("agent", BY_AGENT)
    claimed = desk.conversation()
    desk.run(desk.parts.handoffs.release(anna._agent, there.id, epoch=claimed.epoch))
    before = desk.conversation().last_seq
    widget.says("Nobody has called.")
    while desk.conversation().last_seq == before:
        widget.page.wait_for_timeout(100)
    widget.close_page()
    return Case(anna, there.id, earlier, there.thread)


def part(page: Page, title: str) -> Locator:
    heading = page.get_by_role("heading", name=title, exact=True)
    return page.locator(".card > section").filter(has=heading)


WORDS = {
    "en": {
        "mood": ("Mood", "Is upset message 3"),
        "promises": ("Promised so far", "the bot, message 2", "an agent, message 8"),
        "wish": ("What the customer wants", "First guess ahead by 41 points"),
        "facts": ("What is known", "corrected by the customer (was: 10482)", "(was: WAW01A)"),
        "customer": ("Customer", "to be taken by"),
        "earlier": ("Earlier conversations", "The bot: 2 of 5, The agents: 4 of 5"),
        "due": ("answer due in",),
    },
    "pl": {
        "mood": ("Nastrój", "Oznaki zdenerwowania wiadomość 3"),
        "promises": ("Co już obiecano", "bot, wiadomość 2", "konsultant, wiadomość 8"),
        "wish": ("Czego chce klient", "Przewaga pierwszego domysłu: 41 p.p."),
        "facts": ("Co wiadomo", "poprawione przez klienta (było: 10482)", "(było: WAW01A)"),
        "customer": ("Klient", "do przejęcia do"),
        "earlier": ("Wcześniejsze rozmowy", "Bot: 2 z 5, Konsultanci: 4 z 5"),
        "due": ("odpowiedź za",),
    },
}


def test_the_card_tells_it_all_in_every_look(
    chromium: Browser, desk: LiveDesk, shots: Path
) -> None:
    case = case_of(desk, chromium)
    page = signed_in(chromium, desk, desk.agent("Piotr"))
    for look, (language, options) in LOOKS.items():
        everybody_speaks(desk, language)
        takes_look(page, options)
        opens(page, f"{desk.url}/inbox/conversations/{case.id}?view=queue")
        if look == "phone":
            page.locator("#evidence summary").click()
        tells(page, desk, case, WORDS[language])
        page.screenshot(path=shots / f"card-{look}.png")
        part(page, WORDS[language]["earlier"][0]).scroll_into_view_if_needed()
        page.screenshot(path=shots / f"card-end-{look}.png")
        found = Axe().run(page, options=AXE_OPTIONS).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == [], look
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, look
    page.context.close()


def tells(page: Page, desk: LiveDesk, case: Case, words: dict[str, tuple[str, ...]]) -> None:
    """Every part, as it was made."""
    for name, (title, *told) in words.items():
        if name == "due":
            continue
        section = part(page, title)
        expect(section).to_be_visible()
        for one in told:
            expect(section).to_contain_text(one)
    expect(page.locator(".head .due")).to_contain_text(words["due"][0])
    promises = part(page, words["promises"][0]).locator("q")
    expect(promises).to_have_text([BY_BOT, BY_AGENT])
    shares = part(page, words["wish"][0]).locator(".guesses .share")
    expect(shares).to_have_text(["62 %", "21 %", "8 %"])
    facts = part(page, words["facts"][0])
    expect(facts).to_contain_text("10483")
    expect(facts).to_contain_text("WAW02B Anna,")
    there = desk.conversation()
    assert there.due_at is not None
    line = part(page, words["customer"][0]).locator("time").last
    expect(line).to_have_attribute("datetime", there.due_at.isoformat())
    earlier = part(page, words["earlier"][0]).locator("a")
    expect(earlier).to_have_attribute("href", f"/inbox/conversations/{case.earlier}")


def test_where_a_sign_comes_from_is_one_click_away(chromium: Browser, desk: LiveDesk) -> None:
    case = case_of(desk, chromium)
    page = signed_in(chromium, desk, case.anna)
    opens(page, f"{desk.url}/inbox/conversations/{case.id}")
    for title, number, words in (
        ("Mood", 3, "This is unbelievable!"),
        ("Promised so far", 2, BY_BOT),
    ):
        part(page, title).locator(f"[data-message='{number}']").click()
        message = page.locator(f"#m{number}")
        expect(message).to_be_focused()
        expect(message).to_be_in_viewport()
        expect(message).to_contain_text(words)
    page.context.close()
