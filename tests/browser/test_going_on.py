"""An agent who goes on while an act is on its way: what was asked for last stays on the screen."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, Request, Route, expect

from bot.channel import InboundMessage
from tests.browser.inbox import opens, signed_in
from tests.browser.live import PATIENCE_MS, LiveDesk, open_live_desk
from tests.desk import DESK

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

ACT, LIST = "**/release", "**/inbox?*view=mine*"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[LiveDesk]:
    with open_live_desk(tmp_path) as opened:
        yield opened


def held(page: Page, path: str) -> list[Route]:
    """The requests for this path, until they are let go."""
    found: list[Route] = []
    page.route(path, lambda route: found.append(route))
    return found


def at_work(chromium: Browser, desk: LiveDesk, view: str) -> Page:
    """Anna has a conversation open that is hers, beside this list."""
    anna = desk.agent("Anna")
    inbound = InboundMessage("web", "t1", "t1", DESK, "1", "en", "Where is my parcel?")
    desk.run(desk.parts.frontdesk.ask_for_human(inbound))
    anna.claims()
    page = signed_in(chromium, desk, anna)
    opens(page, f"{desk.url}/inbox/conversations/{desk.conversation().id}?view={view}")
    return page


def both_under_way(chromium: Browser, desk: LiveDesk) -> tuple[Page, Route, Route]:
    """Back to the queue with it, and on to the agent's own list, before anything has come of it."""
    page = at_work(chromium, desk, "queue")
    act, going = held(page, ACT), held(page, LIST)
    page.locator("#do-release").click()
    page.locator("#tab-mine").click()
    while not (act and going):
        page.wait_for_timeout(20)  # which also lets the routes come in
    return page, act[0], going[0]


def test_the_list_that_was_asked_for_comes_with_nothing_open_beside_it(
    chromium: Browser, desk: LiveDesk
) -> None:
    page, act, going = both_under_way(chromium, desk)
    act.continue_()
    expect(page.locator("#do-claim")).to_be_visible(timeout=PATIENCE_MS)
    going.continue_()
    expect(page.locator("#list[data-view=mine]")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator("#work .nothing-open")).to_be_visible(timeout=PATIENCE_MS)
    page.context.close()


def test_what_an_act_has_made_of_it_does_not_bring_back_what_the_agent_has_left(
    chromium: Browser, desk: LiveDesk
) -> None:
    page, act, going = both_under_way(chromium, desk)
    going.continue_()
    expect(page.locator("#work .nothing-open")).to_be_visible(timeout=PATIENCE_MS)
    with page.expect_response(ACT):
        act.continue_()
    # The number beside the queue is news that follow it.
    expect(page.locator("#tab-queue")).to_contain_text("1", timeout=PATIENCE_MS)
    expect(page.locator("#list[data-view=mine]")).to_be_visible()
    expect(page.locator("#work .nothing-open")).to_be_visible()
    page.context.close()


def test_what_comes_when_the_agent_has_left_is_not_read(chromium: Browser, desk: LiveDesk) -> None:
    page = at_work(chromium, desk, "mine")
    conversation = desk.conversation().id
    expect(page.locator(f"#row-{conversation}:not(.is-unread)")).to_be_visible()
    ended: list[tuple[Request, str]] = []
    for end in ("requestfinished", "requestfailed"):
        page.on(end, lambda one, end=end: ended.append((one, end)))
    news = held(page, "**/news?*")

    def ends() -> list[str]:
        """How those that were held came to theirs."""
        return [end for one, end in ended if any(one == route.request for route in news)]

    page.evaluate("document.body.dispatchEvent(new Event('refresh'))")
    while not news:
        page.wait_for_timeout(20)
    page.locator("#tab-mine").click()
    expect(page.locator("#work .nothing-open")).to_be_visible(timeout=PATIENCE_MS)
    says = InboundMessage("web", "t1", "t1", DESK, "2", "en", "Are you there?")
    desk.run(desk.parts.frontdesk.receive_customer_message(says))
    for request in news:
        with suppress(Error):  # it was given up
            request.continue_()
    while len(ends()) < len(news):
        page.wait_for_timeout(20)
    assert set(ends()) == {"requestfailed"}, "the desk is not told that it was seen"
    row = page.locator(f"#row-{conversation}")
    expect(row).to_contain_text("Are you there?", timeout=PATIENCE_MS)
    page.evaluate("document.body.dispatchEvent(new Event('refresh'))")
    expect(page.locator(f"#row-{conversation}.is-unread")).to_be_visible(timeout=PATIENCE_MS)
    page.context.close()


@pytest.mark.parametrize("how", ["502", "broken", "cut off"])
def test_an_act_without_an_answer_is_told_also_when_the_news_have_replaced_it(
    chromium: Browser, desk: LiveDesk, how: str
) -> None:
    page, act, going = both_under_way(chromium, desk)
    going.continue_()
    expect(page.locator("#work .nothing-open")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator("#do-release")).to_have_count(0)
    if how == "502":
        act.fulfill(status=502, body="<h1>Bad Gateway</h1>", content_type="text/html")
    else:
        act.abort("connectionreset" if how == "broken" else "timedout")
    told = page.locator("#alert")
    expect(told).to_contain_text("The desk does not answer", timeout=PATIENCE_MS)
    expect(page.locator("#list[data-view=mine]")).to_be_visible()
    page.context.close()


def test_the_address_is_that_of_the_page_also_when_the_list_has_changed_meanwhile(
    chromium: Browser, desk: LiveDesk
) -> None:
    page = at_work(chromium, desk, "for_us")
    first = page.url

    def asks(thread: str) -> str:
        inbound = InboundMessage("web", thread, thread, DESK, thread, "en", "And mine?")
        desk.run(desk.parts.frontdesk.ask_for_human(inbound))
        row = f"row-{desk.conversation().id}"
        expect(page.locator(f"#{row}")).to_be_visible(timeout=PATIENCE_MS)
        return row

    row = asks("t2")
    going = held(page, f"**/conversations/{row[4:]}?*")
    page.evaluate("row => { window.pressed = document.getElementById(row); }", row)
    page.locator(f"#{row}").press("Enter")
    while not going:
        page.wait_for_timeout(20)
    asks("t3")
    assert not page.evaluate("window.pressed.isConnected"), "the news have replaced it"
    going[0].continue_()
    expect(page.locator(f"#work[data-conversation='{row[4:]}']")).to_be_visible()
    expect(page).to_have_url(f"{desk.url}/inbox/conversations/{row[4:]}?view=for_us")
    page.go_back()
    expect(page).to_have_url(first)
    expect(page.locator("#do-release")).to_be_visible()
    page.context.close()
