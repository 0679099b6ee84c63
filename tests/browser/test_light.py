"""A page pays for what its visitor uses; the rest comes when the chat is opened."""

import pytest
from playwright.sync_api import Browser, Request, Route, expect

from tests.browser.live import LiveDesk, Widget

pytestmark = pytest.mark.browser

CHAT_ALONE = {"/widget.js", "/widget/desks/customer-care"}


def test_before_it_is_opened_a_page_makes_one_small_request_beside_the_script(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    page = chromium.new_context(locale="en-GB").new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(live_desk.url)))
    page.goto(live_desk.url)
    expect(page.locator("firstline-chat .launcher")).to_be_visible()
    page.wait_for_timeout(1000)
    ours = {address for address in asked if "widget" in address}
    assert ours == CHAT_ALONE
    page.context.close()


def test_the_rest_comes_when_the_chat_is_opened_and_once(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    widget = Widget.visit(chromium, live_desk.url)
    asked: list[Request] = []
    widget.page.on("request", lambda request: asked.append(request))
    widget.open()
    widget.says("How long does delivery take?")
    widget.hears("bot", "Two working days.")
    for _ in range(2):
        with widget.page.expect_download():
            widget.menu("Save conversation")
    widget.menu("End conversation")
    expect(widget.chat.locator("form.survey")).to_be_visible()
    assert len([request for request in asked if "widget/more" in request.url]) == 1
    widget.close_page()


def test_what_could_not_come_says_so_and_comes_the_next_time(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    widget = Widget.visit(chromium, live_desk.url)
    is_cut = True

    def between(route: Route) -> None:
        route.abort() if is_cut else route.continue_()

    widget.page.route("**/widget/more.js*", between)
    widget.open()
    widget.says("Hello")
    widget.hears("bot", "Two working days.")
    widget.menu("Save conversation")
    expect(widget.chat.locator(".problem")).to_have_text("That did not work. Please try again.")
    is_cut = False
    with widget.page.expect_download():
        widget.menu("Save conversation")
    widget.close_page()
