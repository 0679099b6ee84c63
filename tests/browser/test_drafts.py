"""Drafts: what is typed and not sent outlives reloads, sessions and tabs."""

import pytest
from playwright.sync_api import APIResponse, Browser, Page, Request, Route, expect
from sqlalchemy import delete, update

from bot.accounts.models import Agent, AgentSession
from tests.browser.inbox import opens, signed_in
from tests.browser.live import PATIENCE_MS, LiveDesk
from tests.browser.writing import claimed

pytestmark = pytest.mark.browser


def draft_is_kept(page: Page, text: str) -> None:
    """Types it, and waits until the desk has it."""
    with page.expect_response(lambda got: got.url.endswith("/draft") and got.ok):
        page.locator("#reply-text").press_sequentially(text)


def test_a_draft_survives_a_reload_and_an_ended_session(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    anna, address = claimed(live_desk)
    page = signed_in(chromium, live_desk, anna)
    opens(page, address)
    draft_is_kept(page, "Dear Ola")
    page.reload()
    expect(page.locator("#reply-text")).to_have_value("Dear Ola")

    async def new_password() -> str:
        password = await live_desk.parts.accounts.reset_password("anna@example.com")
        async with live_desk.parts.db.write() as tx:
            await tx.session.execute(delete(AgentSession))
            await tx.session.execute(update(Agent).values(must_change_password=False))
        return password

    password = live_desk.run(new_password())
    page.locator("#reply-text").press("End")
    page.locator("#reply-text").press_sequentially(", it is on its way")
    # The fixture's cookie has another path than the inbox's own, and would stay beside it.
    page.context.clear_cookies()
    page.get_by_role("link", name="Sign in and go on").press("Enter")
    page.get_by_label("E-mail").fill("anna@example.com")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").press("Enter")
    expect(page).to_have_url(address)
    expect(page.locator("#reply-text")).to_have_value("Dear Ola, it is on its way")
    page.context.close()


def test_a_note_that_was_saved_does_not_come_back_and_the_reply_stays(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    anna, address = claimed(live_desk)
    page = signed_in(chromium, live_desk, anna)
    opens(page, address)
    page.locator("#reply-text").press_sequentially("Dear Ola")
    page.locator("#reply-text").press("Escape")
    expect(page.locator("#customer")).to_be_focused()
    page.keyboard.press("n")
    # Sooner than the desk keeps it: this browser's own copy is all that there is.
    page.locator("#note-text").press_sequentially("Ask Piotr")
    page.locator("#note-text").press("Enter")
    expect(page.locator("#entries .note")).to_contain_text("Ask Piotr", timeout=PATIENCE_MS)
    expect(page.locator("#note-text")).to_have_value("")
    expect(page.locator("#reply-text")).to_have_value("Dear Ola")
    page.reload()
    expect(page.locator("#note-text")).to_have_value("")
    expect(page.locator("#reply-text")).to_have_value("Dear Ola")
    page.context.close()


def test_what_was_kept_while_the_page_was_on_its_way_is_not_missing_from_it(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    anna, address = claimed(live_desk)
    page = signed_in(chromium, live_desk, anna)
    opens(page, address)
    drawn: list[tuple[Route, APIResponse]] = []
    kept: list[Route] = []
    page.route(address, lambda route: drawn.append((route, route.fetch())))
    page.route("**/draft", lambda route: kept.append(route))
    page.locator("#reply-text").press_sequentially("Dear Ola")
    page.evaluate("location.reload()")
    while not (drawn and kept):
        page.wait_for_timeout(10)
    route, before = drawn.pop()
    with page.expect_response("**/draft"):
        kept[0].continue_()
    page.unroute("**/draft")
    page.wait_for_timeout(100)  # the page that is left hears that its words are kept
    assert "Dear Ola" not in before.text()
    route.fulfill(response=before)
    page.wait_for_url(address)
    expect(page.locator("#reply-text")).to_have_attribute("data-version", "")
    expect(page.locator("#reply-text")).to_have_value("Dear Ola")
    page.locator("#reply-text").press("Enter")
    expect(page.locator(".by-agent")).to_contain_text("Dear Ola", timeout=PATIENCE_MS)
    page.unroute(address)
    page.reload()
    expect(page.locator("#reply-text")).to_have_value("")
    page.context.close()


def test_nobody_is_told_of_writing_because_words_that_were_kept_are_back(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    anna, address = claimed(live_desk)
    page = signed_in(chromium, live_desk, anna)
    opens(page, address)
    told: list[str] = []

    def note(request: Request) -> None:
        if "writes=1" in (request.post_data or "") or request.url.endswith("/typing"):
            told.append(request.url)

    page.route("**/draft", lambda route: route.abort())  # this browser's copy is all that there is
    page.on("request", note)
    page.locator("#reply-text").fill("Dear Ola")
    until_two_are_told(page, told)
    assert len(told) == 2, "the customer, and who else looks"
    told.clear()
    page.reload()
    expect(page.locator("#reply-text")).to_have_value("Dear Ola")
    page.wait_for_timeout(300)
    assert told == []
    page.locator("#reply-text").press("!")
    until_two_are_told(page, told)
    assert len(told) == 2
    page.context.close()


def until_two_are_told(page: Page, told: list[str]) -> None:
    for _ in range(PATIENCE_MS // 50):
        if len(told) >= 2:
            return
        page.wait_for_timeout(50)


def test_two_tabs_have_one_draft_and_ask_before_they_overwrite(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    anna, address = claimed(live_desk)
    one = signed_in(chromium, live_desk, anna)
    opens(one, address)
    two = one.context.new_page()
    opens(two, address)
    draft_is_kept(one, "From the first")
    expect(two.locator("#reply-text")).to_have_value("From the first", timeout=PATIENCE_MS)
    # The second hears nothing, and writes on its own.
    two.route("**/draft?kind=*", lambda route: route.abort())
    with one.expect_response("**/draft"):
        one.locator("#reply-text").fill("Another beginning")
    two.locator("#reply-text").fill("From the second")
    notice = two.locator(".other-draft")
    expect(notice).to_contain_text("Another beginning", timeout=PATIENCE_MS)
    expect(two.locator("#reply-text")).to_have_value("From the second")
    two.get_by_role("button", name="Keep what is here").press("Enter")
    expect(one.locator("#reply-text")).to_have_value("From the second", timeout=PATIENCE_MS)
    one.locator("#reply-text").press("Enter")
    two.unroute("**/draft?kind=*")
    expect(one.locator(".by-agent")).to_contain_text("From the second", timeout=PATIENCE_MS)
    one.context.close()
