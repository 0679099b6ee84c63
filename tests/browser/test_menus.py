"""On a phone, what is done less often opens from a button and leaves the room to what was said."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.inbox import opens, signed_in
from tests.browser.live import LiveDesk, Widget

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

TOO_WIDE = """() => {
  const menu = document.querySelector(":popover-open");
  return menu.scrollWidth - menu.clientWidth;
}"""


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
        assert inbox.evaluate(TOO_WIDE) <= 0
        if name == "More…":
            until = inbox.locator("#snooze-until").bounding_box()
            button = inbox.locator("#do-snooze").bounding_box()
            assert until
            assert button
            assert until["width"] == button["width"]
            assert until["y"] + until["height"] < button["y"]
        inbox.keyboard.press("Escape")
        expect(inner).to_be_hidden()
        expect(opener).to_be_focused()
    assert inbox.evaluate("document.documentElement.scrollWidth") <= 390
    inbox.context.close()
    widget.close_page()


def test_a_view_behind_more_has_its_whole_name_and_covers_no_tab(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    page = signed_in(chromium, live_desk, live_desk.agent())
    for width in (1400, 390):
        page.set_viewport_size({"width": width, "height": 900})
        opens(page, f"{live_desk.url}/inbox?view=mentions")
        name = page.locator(".more-views > summary span").first
        expect(name).to_have_text("Mentions of you")
        assert name.evaluate("name => name.scrollWidth - name.clientWidth") <= 0
        tabs = page.locator(".tabs > ul").bounding_box()
        summary = page.locator(".more-views > summary").bounding_box()
        assert tabs
        assert summary
        assert tabs["height"] < 60  # one line
        assert tabs["y"] + tabs["height"] <= summary["y"] + 1
    page.context.close()
