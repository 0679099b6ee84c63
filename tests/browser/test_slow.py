"""Answers that take long, or never come: the page says so, keeps what was typed, tries again."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import APIResponse, Browser, Locator, Page, Route, expect

from tests.browser.inbox import everybody_speaks, opens, signed_in, takes_look
from tests.browser.live import PATIENCE_MS, LiveDesk
from tests.browser.test_accessible import AXE_OPTIONS
from tests.browser.test_asleep import customer_says
from tests.browser.test_people import LOOKS

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
FAILED = "The desk did not answer, so nothing has changed here. What you typed is kept."

# A screen reader says at once what stands there, however soon it goes.
ALERTED = """
() => {
  window.alerted = 0;
  const count = (changes) => {
    for (const one of changes) window.alerted += one.addedNodes.length;
  };
  new MutationObserver(count).observe(document.getElementById("alert"), { childList: true });
}
"""


class Line:
    """The line to the desk, for one kind of request."""

    def __init__(self, page: Page, where: Callable[[str], bool]) -> None:
        self._page = page
        self._held: list[Route] = []
        self._where = where

    def hold(self) -> None:
        """For longer than a page waits by itself."""
        self._page.evaluate("() => { htmx.config.timeout = 120_000; }")
        self._page.route(self._where, lambda route: self._held.append(route))

    def fail(self, how: Callable[[Route], None]) -> None:
        self._page.route(self._where, how)

    def is_right(self) -> None:
        """From now on, and for what was held."""
        for route in self._held:
            route.continue_()
        self._held.clear()
        self._page.unroute(self._where)


def answers_502(route: Route) -> None:
    route.fulfill(status=502, body="<h1>Bad Gateway</h1>", content_type="text/html")


def never_answers(route: Route) -> None:
    route.abort("timedout")


@pytest.fixture
def two(chromium: Browser, live_desk: LiveDesk) -> Iterator[tuple[Page, str, str]]:
    """Anna writes in the one of her two conversations."""
    anna = live_desk.agent()
    ids = []
    for thread in ("t1", "t2"):
        ids.append(customer_says(live_desk, "A person, please", thread, person=True))
        anna.claims()
    page = signed_in(chromium, live_desk, anna)
    opens(page, f"{live_desk.url}/inbox/conversations/{ids[0]}?view=mine")
    page.locator("#reply-text").press_sequentially("Dear Ola")
    yield page, ids[0], ids[1]
    page.context.close()


def opening(page: Page, conversation: str) -> Line:
    return Line(page, lambda url: f"/inbox/conversations/{conversation}?" in url)


def writes(page: Page, what: str) -> Locator:
    """A reply or a note, sent by key; what the desk tells of it."""
    if what == "note":
        page.get_by_text("Add an internal note").click()
    page.locator(f"#{what}-text").fill("The parcel is here")
    page.locator(f"#{what}-text").press("Enter")
    kind = {"reply": "article.by-agent", "note": "article.note"}[what]
    return page.locator(f"#entries {kind}", has_text="The parcel is here")


def clean(page: Page) -> list[str]:
    found = Axe().run(page, options=AXE_OPTIONS).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found]


def test_a_conversation_that_opens_slowly_says_so_and_loses_no_word(
    two: tuple[Page, str, str], shots: Path
) -> None:
    page, first, second = two
    line = opening(page, second)
    line.hold()
    page.locator(f"#row-{second}").click()
    said = page.get_by_role("status").filter(has_text="Opening…")
    expect(said).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator("#work")).to_have_attribute("aria-busy", "true")
    page.locator("#reply-text").press_sequentially(", your parcel")
    page.screenshot(path=shots / "slow-opening.png")
    assert clean(page) == []
    expect(page.get_by_role("status").filter(has_text="longer than usual")).to_be_visible(
        timeout=PATIENCE_MS
    )
    line.is_right()
    expect(page.locator("#work")).to_have_attribute("data-conversation", second)
    expect(page.locator("#waiting")).to_be_empty()
    expect(page.locator("#work")).not_to_have_attribute("aria-busy", "true")
    page.locator(f"#row-{first}").click()
    expect(page.locator("#reply-text")).to_have_value("Dear Ola, your parcel")


@pytest.mark.parametrize("how", [answers_502, never_answers])
def test_a_conversation_that_does_not_open_is_tried_again(
    two: tuple[Page, str, str], live_desk: LiveDesk, how: Callable[[Route], None]
) -> None:
    page, first, second = two
    line = opening(page, second)
    line.fail(how)
    page.locator(f"#row-{second}").click()
    alert = page.get_by_role("alert").filter(has_text=FAILED)
    expect(alert).to_be_visible(timeout=PATIENCE_MS)
    assert clean(page) == []
    expect(page.locator("#work")).to_have_attribute("data-conversation", first)
    expect(page.locator("#reply-text")).to_have_value("Dear Ola")
    assert page.url.partition("?")[0].endswith(first)
    # The list comes anew meanwhile: the row that was pressed is not on the page any more.
    page.evaluate("id => { document.getElementById(id).isOld = true; }", f"row-{second}")
    customer_says(live_desk, "Hello?", "t2")
    row = page.locator(f"#row-{second}")
    expect(row).to_contain_text("Hello?", timeout=PATIENCE_MS)
    assert not row.evaluate("row => row.isOld")
    alert.get_by_role("button", name="Try again").click()
    expect(alert).to_be_visible(timeout=PATIENCE_MS)
    line.is_right()
    alert.get_by_role("button", name="Try again").click()
    expect(page.locator("#work")).to_have_attribute("data-conversation", second)
    expect(page.locator("#alert")).to_be_empty()


def test_whoever_goes_elsewhere_meanwhile_is_told_of_no_failure(
    two: tuple[Page, str, str], live_desk: LiveDesk
) -> None:
    page, first, second = two
    page.evaluate(ALERTED)
    line = opening(page, second)
    line.hold()
    page.locator(f"#row-{second}").click()
    expect(page.locator("#waiting")).to_have_text("Opening…", timeout=PATIENCE_MS)
    with page.expect_response(lambda answer: f"/conversations/{first}?" in answer.url):
        page.locator(f"#row-{first}").click()
    expect(page.locator("#waiting")).to_be_empty()
    expect(page.locator("#work")).not_to_have_attribute("aria-busy", "true")
    assert page.evaluate("window.alerted") == 0
    line.is_right()


def test_a_search_that_takes_long_or_fails(two: tuple[Page, str, str], shots: Path) -> None:
    page, _, _ = two
    line = Line(page, lambda url: "/inbox?q=" in url or "&q=" in url)
    line.hold()
    page.locator("#search").press_sequentially("pers")
    expect(page.get_by_role("status").filter(has_text="Searching…")).to_be_visible(
        timeout=PATIENCE_MS
    )
    expect(page.locator("#list")).to_have_attribute("aria-busy", "true")
    page.screenshot(path=shots / "slow-search.png")
    assert clean(page) == []
    page.locator("#search").press_sequentially("on")
    line.is_right()
    expect(page.locator("mark").first).to_have_text("person", timeout=PATIENCE_MS)
    expect(page.locator("#waiting")).to_be_empty()
    line.fail(answers_502)
    page.locator("#search").press_sequentially(" please")
    alert = page.get_by_role("alert").filter(has_text=FAILED)
    expect(alert).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator("#search")).to_have_value("person please")
    expect(page.locator("#search")).to_be_focused()
    expect(page.locator("#reply-text")).to_have_value("Dear Ola")
    line.is_right()
    alert.get_by_role("button", name="Try again").click()
    expect(page.locator("mark", has_text="please").first).to_be_visible(timeout=PATIENCE_MS)
    expect(alert).to_be_hidden()


def test_a_reply_is_shown_at_once_and_when_it_is_not_taken_its_words_come_back(
    two: tuple[Page, str, str], shots: Path
) -> None:
    page, first, _ = two
    line = Line(page, lambda url: url.endswith(f"{first}/reply"))
    line.hold()
    page.locator("#reply-text").press("Enter")
    expect(page.get_by_role("status").filter(has_text="One moment…")).to_be_visible(
        timeout=PATIENCE_MS
    )
    on_its_way = page.locator("#entries .sending")
    expect(on_its_way).to_contain_text("Sending…")
    expect(on_its_way).to_contain_text("Dear Ola")
    expect(on_its_way).to_be_in_viewport()
    expect(page.locator("#reply-text")).to_have_css("color", "rgba(0, 0, 0, 0)")
    expect(page.locator(".seen")).to_be_hidden()  # nobody has seen what is not sent
    page.screenshot(path=shots / "slow-sending.png")
    assert clean(page) == []
    line.is_right()
    sent = page.locator("#entries .message.by-agent", has_text="Dear Ola")
    expect(sent).to_have_count(1, timeout=PATIENCE_MS)
    expect(on_its_way).to_have_count(0)
    expect(page.locator(".seen")).to_be_visible()
    expect(page.locator("#waiting")).to_be_empty()
    line.fail(answers_502)
    page.locator("#reply-text").fill("One more word")
    page.locator("#reply-text").press("Enter")
    expect(page.get_by_role("alert").filter(has_text="does not answer")).to_be_visible(
        timeout=PATIENCE_MS
    )
    expect(page.locator("#reply-text")).to_have_value("One more word")
    expect(page.locator("#reply-text")).not_to_have_css("color", "rgba(0, 0, 0, 0)")
    expect(on_its_way).to_have_count(0)
    line.is_right()
    page.locator("#reply-text").press("Enter")
    sent = page.locator("#entries .by-agent", has_text="One more word")
    expect(sent).to_have_count(1, timeout=PATIENCE_MS)
    expect(page.locator("#alert")).to_be_empty()


def test_a_note_is_shown_at_once_and_when_it_is_not_taken_its_words_come_back(
    two: tuple[Page, str, str], shots: Path
) -> None:
    page, first, _ = two
    line = Line(page, lambda url: url.endswith(f"{first}/note"))
    line.hold()
    page.get_by_text("Add an internal note").click()
    page.locator("#note-text").fill("She has called twice.\nAsk the warehouse.")
    page.get_by_role("button", name="Save the note").click()
    on_its_way = page.locator("#entries .sending")
    for said in ("Internal note · Being saved…", "She has called twice.", "Ask the warehouse."):
        expect(on_its_way).to_contain_text(said)
    expect(on_its_way).to_be_in_viewport()
    expect(page.locator(".seen")).to_be_visible()  # it is not the customer's to see
    page.screenshot(path=shots / "slow-note.png")
    assert clean(page) == []
    line.is_right()
    expect(page.locator("#entries article.note")).to_have_count(1, timeout=PATIENCE_MS)
    expect(on_its_way).to_have_count(0)
    expect(page.locator("#note-text")).to_have_value("")
    line.fail(answers_502)
    page.locator("#note-text").fill("Nothing came")
    page.get_by_role("button", name="Save the note").click()
    expect(page.get_by_role("alert").filter(has_text="does not answer")).to_be_visible(
        timeout=PATIENCE_MS
    )
    expect(page.locator("#note-text")).to_have_value("Nothing came")
    expect(page.locator("#note-text")).not_to_have_css("color", "rgba(0, 0, 0, 0)")
    expect(on_its_way).to_have_count(0)
    expect(page.locator("#reply-text")).to_have_value("Dear Ola")


@pytest.mark.parametrize("what", ["reply", "note"])
def test_it_is_never_shown_twice_when_the_news_are_quicker_than_the_answer(
    two: tuple[Page, str, str], what: str
) -> None:
    page, first, _ = two
    answers: list[tuple[Route, APIResponse]] = []
    page.route(
        lambda url: url.endswith(f"{first}/{what}"),
        lambda route: answers.append((route, route.fetch())),
    )
    told = writes(page, what)
    expect(told).to_have_count(1, timeout=PATIENCE_MS)
    expect(page.locator("#entries .sending")).to_have_count(0)
    [(route, answer)] = answers
    route.fulfill(response=answer)
    expect(page.locator(f"#{what}-text")).to_have_value("")
    expect(told).to_have_count(1)


@pytest.mark.parametrize("what", ["reply", "note"])
def test_it_is_always_shown_when_the_answer_is_quicker_than_the_news(
    two: tuple[Page, str, str], what: str
) -> None:
    page, first, _ = two
    line = Line(page, lambda url: f"{first}/news" in url)
    line.hold()
    with page.expect_response(lambda answer: answer.url.endswith(f"{first}/{what}")):
        told = writes(page, what)
    expect(page.locator(f"#{what}-text")).to_have_value("", timeout=PATIENCE_MS)
    expect(page.locator("#entries .sending")).to_have_count(1)
    expect(told).to_have_count(0)
    line.is_right()
    expect(told).to_have_count(1, timeout=PATIENCE_MS)
    expect(page.locator("#entries .sending")).to_have_count(0)


def test_every_look_of_it(two: tuple[Page, str, str], live_desk: LiveDesk, shots: Path) -> None:
    page, _, second = two
    waits = {"en": "Opening…", "pl": "Otwieranie…"}
    failed = {"en": FAILED, "pl": "Serwer nie odpowiedział, więc nic się tu nie zmieniło."}
    for look, (language, options) in LOOKS.items():
        everybody_speaks(live_desk, language)
        takes_look(page, options)
        opens(page, f"{live_desk.url}/inbox?view=mine")
        line = opening(page, second)
        line.hold()
        page.locator(f"#row-{second}").dispatch_event("click")
        expect(page.locator("#waiting")).to_have_text(waits[language], timeout=PATIENCE_MS)
        page.screenshot(path=shots / f"slow-{look}.png")
        assert clean(page) == [], look
        line.is_right()
        expect(page.locator("#work")).to_have_attribute("data-conversation", second)
        line = Line(page, lambda url: "/panel/" in url)
        line.fail(answers_502)
        page.locator("#open-labels").dispatch_event("click")  # on a phone it is in a menu
        expect(page.locator("#alert")).to_contain_text(failed[language], timeout=PATIENCE_MS)
        page.screenshot(path=shots / f"failed-{look}.png")
        assert clean(page) == [], look
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, look
        line.is_right()
