"""The chat on a phone: the whole screen, above the keyboard, clear of notches, thumbs welcome."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, expect

from tests.browser.live import LiveDesk, Widget
from tests.browser.test_history import returning

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

WIDTH, HEIGHT = 390, 844
PHONE: dict[str, Any] = {
    "viewport": {"width": WIDTH, "height": HEIGHT},
    "is_mobile": True,
    "has_touch": True,
    "device_scale_factor": 2,
    "locale": "pl-PL",
}
TARGET_PX = 44
# A keyboard takes from the visual viewport alone, on Android and iOS; headless Chromium has none.
KEYBOARD = """
    ([height, offsetTop]) => {
      for (const [name, value] of Object.entries({ height, offsetTop })) {
        Object.defineProperty(visualViewport, name, { configurable: true, get: () => value });
      }
      visualViewport.dispatchEvent(new Event("resize"));
    }
"""
NO_KEYBOARD = """
    () => {
      delete visualViewport.height;
      delete visualViewport.offsetTop;
      visualViewport.dispatchEvent(new Event("resize"));
    }
"""


def opened(chromium: Browser, desk: LiveDesk, **options: Any) -> Widget:
    widget = Widget.visit(chromium, desk.url, **(PHONE | options))
    widget.chat.locator(".launcher").tap()
    expect(widget.panel).to_be_visible()
    return widget


def box(of: Locator) -> tuple[float, float, float, float]:
    """Left, top, right, bottom."""
    found = of.bounding_box()
    assert found is not None
    right, bottom = found["x"] + found["width"], found["y"] + found["height"]
    return found["x"], found["y"], right, bottom


def says(widget: Widget, text: str) -> None:
    widget.input.tap()
    widget.input.fill(text)
    widget.chat.locator(".send").tap()


def test_the_chat_takes_the_whole_screen_and_leaves_the_keyboard_away(
    chromium: Browser, live_desk: LiveDesk, shots: Path
) -> None:
    widget = opened(chromium, live_desk)
    assert box(widget.panel) == (0, 0, WIDTH, HEIGHT)
    expect(widget.log).to_be_focused()
    says(widget, "ile trwa dostawa")
    widget.hears("bot", "Two working days.")
    expect(widget.chat.locator(".state")).to_have_text("Odczytano")
    assert Axe().run(widget.page).response["violations"] == []
    widget.page.screenshot(path=shots / "widget-phone.png")
    widget.chat.get_by_role("button", name="Zamknij czat").first.tap()
    expect(widget.chat.locator(".launcher")).to_be_visible()
    widget.close_page()


def test_the_keyboard_covers_neither_the_field_nor_the_last_words(
    chromium: Browser, live_desk: LiveDesk, shots: Path
) -> None:
    widget = opened(chromium, live_desk)
    for number in range(6):
        says(widget, f"Pytanie {number}")
        expect(widget.chat.locator(".row.bot")).to_have_count(number + 1)
    last = widget.row("bot", "Two working days.")
    left = HEIGHT - 380
    widget.page.evaluate(KEYBOARD, [left, 0])
    assert box(widget.panel) == (0, 0, WIDTH, left)
    assert box(widget.input)[3] <= left
    assert box(widget.chat.locator(".head"))[1] == 0
    assert box(last)[3] <= box(widget.input)[1], "the end of the list stays in sight"
    widget.page.screenshot(path=shots / "widget-phone-keyboard.png")

    widget.page.evaluate(KEYBOARD, [left, 120])  # iOS moves the page as well
    assert box(widget.panel) == (0, 120, WIDTH, left + 120)
    widget.page.evaluate(NO_KEYBOARD)
    assert box(widget.panel) == (0, 0, WIDTH, HEIGHT)
    widget.close_page()


def test_a_browser_that_shrinks_the_page_for_its_keyboard_is_as_good(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    widget = opened(chromium, live_desk)
    says(widget, "ile trwa dostawa")
    widget.hears("bot", "Two working days.")
    widget.page.set_viewport_size({"width": WIDTH, "height": 420})
    expect(widget.input).to_be_in_viewport(ratio=1)
    assert box(widget.panel) == (0, 0, WIDTH, 420)
    widget.close_page()


def test_two_fingers_enlarge_the_chat_and_do_not_squeeze_it(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    widget = opened(chromium, live_desk)
    cdp = widget.page.context.new_cdp_session(widget.page)
    cdp.send("Emulation.setPageScaleFactor", {"pageScaleFactor": 2})
    widget.page.wait_for_function("() => visualViewport.scale > 1.5")
    size = widget.panel.evaluate("panel => [panel.offsetWidth, panel.offsetHeight]")
    assert size == [WIDTH, HEIGHT]
    widget.close_page()


@pytest.mark.parametrize("way", ["upright", "lying"])
def test_notch_and_home_bar_cover_nothing(chromium: Browser, live_desk: LiveDesk, way: str) -> None:
    upright = way == "upright"
    viewport = {"width": WIDTH, "height": HEIGHT} if upright else {"width": HEIGHT, "height": WIDTH}
    insets = {"top": 47, "bottom": 34} if upright else {"left": 47, "right": 47, "bottom": 21}
    widget = opened(chromium, live_desk, viewport=viewport)
    cdp = widget.page.context.new_cdp_session(widget.page)
    cdp.send("Emulation.setSafeAreaInsetsOverride", {"insets": insets})
    widget.page.wait_for_timeout(200)
    width, height = viewport["width"], viewport["height"]
    for control in [*widget.panel.get_by_role("button").all(), widget.input]:
        if control.is_visible():
            left, top, right, bottom = box(control)
            assert left >= insets.get("left", 0)
            assert right <= width - insets.get("right", 0)
            assert top >= insets.get("top", 0)
            assert bottom <= height - insets["bottom"]
    widget.close_page()


def test_every_control_is_large_enough_for_a_thumb(chromium: Browser, live_desk: LiveDesk) -> None:
    past = {"messages": 70, "ago": timedelta(hours=5), "closed": False}
    widget, _ = returning(chromium, live_desk, past, **PHONE)
    widget.chat.locator(".launcher").tap()
    widget.hears("bot", "70. ")
    says(widget, "ile trwa dostawa")
    widget.hears("bot", "Two working days.")
    widget.log.evaluate("log => { log.scrollTop = 900 }")
    expect(widget.chat.locator(".jump")).to_be_visible()
    controls = [one for one in widget.panel.locator("button, textarea").all() if one.is_visible()]
    assert len(controls) > 5
    for control in controls:
        left, top, right, bottom = box(control)
        assert right - left >= TARGET_PX, control
        assert bottom - top >= TARGET_PX, control
    widget.close_page()
