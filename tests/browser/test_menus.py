"""The menus that a phone has in the place of buttons."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.inbox import opens, signed_in
from tests.browser.live import PATIENCE_MS, LiveDesk
from tests.browser.writing import claimed

pytestmark = pytest.mark.browser
# As if its head looked otherwise: the desk sends it anew.
NEWS = """
() => {
  document.querySelector(".head").dataset.isOld = "yes";
  document.querySelector("#more-menu").dataset.isOld = "yes";
  document.querySelector("[name=head_digest]").value = "older";
  document.body.dispatchEvent(new Event("refresh"));
}
"""


def test_it_stays_open_with_the_keyboard_in_it_when_news_draw_it_anew(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    anna, address = claimed(live_desk)
    page = signed_in(chromium, live_desk, anna)
    page.set_viewport_size({"width": 390, "height": 800})
    opens(page, address)
    page.get_by_role("button", name="More…").click()
    page.locator("#more-menu #do-spam").focus()
    page.evaluate(NEWS)
    expect(page.locator("#more-menu[data-is-old]")).to_have_count(0, timeout=PATIENCE_MS)
    expect(page.locator("#more-menu:popover-open #do-spam")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#more-menu:popover-open")).to_have_count(0)
    page.evaluate(NEWS)
    expect(page.locator("#more-menu[data-is-old]")).to_have_count(0, timeout=PATIENCE_MS)
    expect(page.locator("#more-menu:popover-open")).to_have_count(0)
    page.context.close()


def test_another_language_is_the_same_page_also_after_going_on(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    anna, _ = claimed(live_desk)
    page = signed_in(chromium, live_desk, anna)
    page.set_viewport_size({"width": 390, "height": 800})
    opens(page, f"{live_desk.url}/inbox?view=mine")
    page.locator("#rows .row").click()
    expect(page.locator("#customer")).to_be_visible(timeout=PATIENCE_MS)
    page.get_by_role("button", name="Menu").click()
    page.locator("button[lang=pl]").click()
    expect(page.locator("html[lang=pl] #customer")).to_be_visible(timeout=PATIENCE_MS)
    assert page.url.endswith(f"/inbox/conversations/{live_desk.conversation().id}?view=mine")
    page.context.close()
