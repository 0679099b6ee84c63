"""What agents do with a conversation beside answering it: by keyboard, in every look, with axe."""

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.inbox import opens, signed_in
from tests.browser.live import PATIENCE_MS, LiveDesk, Widget

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

# Where pictures for people to look at are put, when somebody wants them.
PICTURES = os.environ.get("FIRSTLINE_TEST_PICTURES")


def picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png")


def clean(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found]


def has_focus(page: Page, name: str) -> None:
    """The widget's window is in front, so Playwright's own `to_be_focused` says no."""
    for _ in range(150):
        if page.evaluate("document.activeElement.id") == name:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"the focus is not in {name}")


def test_an_agent_hands_over_by_keyboard_alone(chromium: Browser, live_desk: LiveDesk) -> None:
    anna = live_desk.agent()
    live_desk.agent("Piotr")
    widget = Widget.visit(chromium, live_desk.url)
    widget.open()
    widget.chat.locator(".human").click()
    widget.hears("system", "passing you on")
    anna.claims()
    page = signed_in(chromium, live_desk, anna)
    opens(page, f"{live_desk.url}/inbox/conversations/{live_desk.conversation().id}")
    page.locator("#open-fact").focus()
    page.keyboard.press("Enter")
    has_focus(page, "fact-name")
    page.keyboard.type("Order number")
    page.keyboard.press("Tab")
    page.keyboard.type("10482")
    page.keyboard.press("Enter")
    expect(page.locator(".facts-list")).to_contain_text("10482", timeout=PATIENCE_MS)
    for name in ("hand_over", "labels", "block", "snooze", "priority", "give_back"):
        page.locator(f"#open-{name}").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#panel form [id^=do-], #panel p").first).to_be_visible()
        assert clean(page) == [], name
        picture(page, name)
        page.keyboard.press("Escape")
        expect(page.locator("#panel")).to_be_empty()
    for scheme, width, language in (
        ("dark", 1400, "en"),
        ("light", 390, "en"),
        ("light", 1400, "pl"),
    ):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 900})
        if language == "pl":
            page.locator("button[lang=pl]").click()
        if width == 390:
            page.get_by_role("button", name="More…").click()
        page.locator("#open-hand_over").click()
        expect(page.locator("#more-menu:popover-open")).to_have_count(0)
        expect(page.locator("#do-hand_over")).to_be_visible(timeout=PATIENCE_MS)
        assert clean(page) == [], (scheme, width, language)
        picture(page, f"{scheme}-{width}-{language}")
        page.keyboard.press("Escape")
    page.locator("button[lang=en]").click()
    page.locator("#open-hand_over").focus()
    page.keyboard.press("Enter")
    field = page.locator("#hand-over-to")
    has_focus(page, "hand-over-to")
    field.select_option(label="Piotr (not online)")
    page.keyboard.press("Tab")
    page.keyboard.type("He is a regular")
    page.keyboard.press("Enter")
    expect(page.locator(".head .badge").first).to_contain_text("Piotr", timeout=PATIENCE_MS)
    widget.hears("system", "Piotr takes over from here")
    expect(widget.chat).not_to_contain_text("regular")
    page.context.close()
    widget.close_page()
