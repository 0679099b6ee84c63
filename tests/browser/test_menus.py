"""On a phone, what is done less often opens from a button and leaves the room to what was said."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.inbox import signed_in
from tests.browser.live import LiveDesk, Widget

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def test_menus_open_by_keyboard_and_close_again(chromium: Browser, live_desk: LiveDesk) -> None:
    anna = live_desk.agent()
    widget = Widget.visit(chromium, live_desk.url)
    widget.open()
    widget.chat.locator(".human").click()
    widget.hears("system", "passing you on")
    anna.claims()
    inbox = signed_in(chromium, live_desk, anna)
    inbox.goto(f"{live_desk.url}/inbox/conversations/{live_desk.conversation().id}")
    spam, sign_out = inbox.locator("#do-spam"), inbox.get_by_role("button", name="Sign out")
    expect(spam).to_be_visible()
    expect(sign_out).to_be_visible()
    inbox.set_viewport_size({"width": 390, "height": 844})
    for name, inner in (("More…", spam), ("Menu", sign_out)):
        expect(inner).to_be_hidden()
        opener = inbox.get_by_role("button", name=name, exact=True)
        opener.focus()
        inbox.keyboard.press("Enter")
        expect(inner).to_be_visible()
        inbox.keyboard.press("Escape")
        expect(inner).to_be_hidden()
        expect(opener).to_be_focused()
    assert inbox.evaluate("document.documentElement.scrollWidth") <= 390
    inbox.context.close()
    widget.close_page()
