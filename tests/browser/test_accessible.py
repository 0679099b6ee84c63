"""WCAG 2.2 AA in the browser: what is heard, where the focus goes, what axe and Chromium's own
accessibility tree say, at every size and in every look."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.browser.live import PATIENCE_MS, LiveDesk, Widget, open_live_desk

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
AXE_OPTIONS = {"runOnly": {"type": "tag", "values": list(WCAG)}}

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}}


def heard(widget: Widget) -> list[str]:
    return widget.chat.locator("[aria-live=polite]").first.locator("div").all_inner_texts()


def test_new_messages_are_heard_and_history_is_not(chromium: Browser, live_desk: LiveDesk) -> None:
    widget = Widget.visit(chromium, live_desk.url)
    widget.open()
    widget.says("How long?")
    widget.hears("bot", "Two working days.")
    assert "Assistant: Two working days." in heard(widget)
    assert not any("How long?" in words for words in heard(widget)), "what was typed is known"
    widget.page.reload()
    widget.hears("bot", "Two working days.")
    assert heard(widget) == []
    live_desk.says("Three in winter.")
    widget.says("And in winter?")
    widget.hears("bot", "Three in winter.")
    assert any("Three in winter." in words for words in heard(widget))
    expect(widget.log).to_have_attribute("aria-live", "off")
    widget.close_page()


def test_what_comes_in_after_a_gap_is_heard(chromium: Browser, live_desk: LiveDesk) -> None:
    widget = Widget.visit(chromium, live_desk.url)
    widget.open()
    widget.says("Hello")
    widget.hears("bot", "Two working days.")
    agent = live_desk.agent()
    agent.claims()
    widget.page.context.set_offline(True)
    agent.replies("I am Anna.")
    widget.page.context.set_offline(False)
    widget.hears("agent", "I am Anna.")
    assert "Anna: I am Anna." in heard(widget)
    widget.close_page()


def test_with_the_chat_closed_only_the_number_is_heard(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    widget = Widget.visit(chromium, live_desk.url)
    widget.open()
    widget.says("Hello")
    widget.hears("bot", "Two working days.")
    agent = live_desk.agent()
    agent.claims()
    widget.page.keyboard.press("Escape")
    agent.replies("A secret for your eyes")
    expect(widget.chat.locator(".launcher .badge")).to_be_visible()
    assert any("unread" in words for words in heard(widget))
    assert not any("secret" in words for words in heard(widget))
    widget.close_page()


def test_on_a_phone_the_focus_stays_in_the_chat_and_elsewhere_it_may_leave(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    phone = Widget.visit(chromium, live_desk.url, **PHONE)
    phone.open()
    expect(phone.panel).to_have_attribute("aria-modal", "true")
    phone.says("Hello")
    phone.hears("bot", "Two working days.")
    where = "document.activeElement.tagName"
    for key in ["Tab"] * 12 + ["Shift+Tab"] * 12:
        phone.page.keyboard.press(key)
        assert phone.page.evaluate(where) == "FIRSTLINE-CHAT", key
    phone.page.keyboard.press("Escape")
    expect(phone.chat.locator(".launcher")).to_be_focused()
    phone.close_page()

    desktop = Widget.visit(chromium, live_desk.url)
    desktop.open()
    expect(desktop.panel).to_have_attribute("aria-modal", "false")
    met = set()
    for _ in range(12):
        desktop.page.keyboard.press("Shift+Tab")
        met.add(desktop.page.evaluate(where))
    assert met > {"FIRSTLINE-CHAT"}
    desktop.close_page()


def test_the_menu_opens_closes_and_gives_the_focus_back(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    widget = Widget.visit(chromium, live_desk.url)
    widget.open()
    more = widget.chat.get_by_role("button", name="More")
    expect(more).to_be_hidden()
    widget.says("Hello")
    widget.hears("bot", "Two working days.")
    more.focus()
    widget.page.keyboard.press("Enter")
    expect(more).to_have_attribute("aria-expanded", "true")
    expect(widget.chat.locator(".menu button").first).to_be_focused()
    widget.page.keyboard.press("Escape")
    expect(widget.chat.locator(".menu")).to_be_hidden()
    expect(more).to_be_focused()
    expect(widget.panel).to_be_visible()
    widget.page.keyboard.press("Escape")
    expect(widget.panel).to_be_hidden()
    widget.close_page()


FOCUSED = """() => {
  const one = document.activeElement.shadowRoot.activeElement;
  const { left, top, bottom } = one.getBoundingClientRect();
  return { name: one.getAttribute('aria-label') || one.textContent.trim(), left, top, bottom };
}"""
COUNT = """panel => [...panel.querySelectorAll("button, textarea, input, a, [tabindex='0']")]
  .filter(one => one.getClientRects().length && one.tabIndex >= 0).length"""
BUTTONS = [
    {"title": "Where is my order?", "payload": "/care_order_status"},
    {"title": "Return something", "payload": "/care_return"},
]
LOOKS: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "phone in Polish": {**PHONE, "locale": "pl-PL"},
    "zoomed to 400 %": {"viewport": {"width": 320, "height": 256}},
    "forced colours": {"forced_colors": "active"},
}
# A control in a sentence may be as small as its words (WCAG 2.5.8).
TOO_SMALL = """
panel => [...panel.getRootNode().querySelectorAll('button, input, textarea, label')].filter(one => {
  const control = one.matches('input.sr') ? one.closest('label') : one;
  const { width, height } = control.getBoundingClientRect();
  return one.getClientRects().length && (width < 44 || height < 44) && !one.matches('.sheet label');
}).map(one => `${one.className || one.tagName} ${one.textContent}`)
"""


def violations(widget: Widget) -> list[str]:
    # The page behind is the demo shop's; the whole of it is looked at too.
    found = Axe().run(widget.page, options=AXE_OPTIONS).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found]


class States:
    """The chat brought into each state in turn; what is wrong is collected, state by state."""

    def __init__(self, widget: Widget, desk: LiveDesk) -> None:
        self.widget = widget
        self.desk = desk
        self.problems: list[str] = []

    def check(self, state: str) -> None:
        self.problems += [f"{state}: {one}" for one in violations(self.widget)]
        small = self.widget.chat.locator(".panel").evaluate(TOO_SMALL)
        self.problems += [f"{state}: too small: {one}" for one in small]
        wide = self.widget.chat.locator(".panel").evaluate(
            "panel => panel.scrollWidth > panel.clientWidth"
            " || panel.getBoundingClientRect().left < 0"
        )
        if wide:
            self.problems.append(f"{state}: sideways scrolling")

    def all(self) -> list[str]:
        widget, desk = self.widget, self.desk
        self.check("closed")
        widget.open()
        self.check("open")
        desk.says("?", replies=[{"text": "Which? See https://example.com", "buttons": BUTTONS}])
        widget.says("Hello")
        widget.hears("bot", "Which?")
        self.check("buttons")
        widget.input.fill("x" * 4001)
        expect(widget.input).to_have_attribute("aria-invalid", "true")
        self.check("error")
        widget.input.fill("")
        widget.chat.locator(".human").click()
        widget.hears("system", "")
        self.check("handoff")
        agent = desk.agent()
        agent.claims()
        agent.types()
        expect(widget.chat.locator(".typing")).to_be_visible()
        self.check("typing")
        agent.replies("I am Anna.")
        widget.hears("agent", "I am Anna.")
        self.check("agent")
        widget.page.context.set_offline(True)
        expect(widget.chat.locator(".notice")).to_be_visible()
        widget.says("Kept")
        self.check("offline")
        widget.page.context.set_offline(False)
        expect(widget.chat.locator(".notice")).to_be_hidden(timeout=PATIENCE_MS)
        more = widget.chat.locator("[aria-controls=menu]")
        more.click()
        self.check("menu")
        widget.page.keyboard.press("Escape")
        agent.closes()
        survey = widget.chat.locator("form.survey")
        expect(survey).to_be_visible(timeout=PATIENCE_MS)
        survey.locator("input").nth(3).check(force=True)
        self.check("survey")
        more.click()
        widget.chat.locator(".menu button").nth(1).click()
        expect(widget.chat.locator(".sheet.copy input")).to_be_focused()
        self.check("mail")
        return self.problems


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_and_targets_are_large_in_every_state(
    chromium: Browser, tmp_path: Path, look: str
) -> None:
    with open_live_desk(tmp_path, smtp_url="smtp://127.0.0.1:9", smtp_from="a@b.example") as desk:
        widget = Widget.visit(chromium, desk.url, **LOOKS[look])
        assert States(widget, desk).all() == []
        widget.close_page()


def test_at_400_percent_everything_is_in_reach(chromium: Browser, live_desk: LiveDesk) -> None:
    widget = Widget.visit(chromium, live_desk.url, **LOOKS["zoomed to 400 %"])
    widget.open()
    widget.says("How long?")
    widget.hears("bot", "Two working days.")
    assert widget.page.evaluate("document.documentElement.scrollWidth") <= 320
    for part in (".head .icon", ".log", ".human", ".foot textarea", ".send"):
        one = widget.chat.locator(part).last
        one.scroll_into_view_if_needed()
        box = one.bounding_box()
        assert box is not None
        assert box["x"] >= 0, part
        assert box["x"] + box["width"] <= 320, part
    assert widget.log.evaluate("log => log.clientHeight") > 120
    widget.close_page()


def test_with_reduced_motion_nothing_moves(chromium: Browser, live_desk: LiveDesk) -> None:
    widget = Widget.visit(chromium, live_desk.url, reduced_motion="reduce")
    widget.open()
    live_desk.is_silent()
    widget.says("Hello")
    expect(widget.chat.locator(".typing")).to_be_visible(timeout=PATIENCE_MS)
    moving = widget.chat.evaluate(
        "chat => [...chat.shadowRoot.querySelectorAll('*')]"
        ".flatMap(one => one.getAnimations({subtree: true})).length"
    )
    assert moving == 0
    widget.close_page()


def test_chromiums_accessibility_tree_has_a_name_and_a_role_for_everything(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    live_desk.says("?", replies=[{"text": "Which of them?", "buttons": BUTTONS}])
    widget = Widget.visit(chromium, live_desk.url)
    widget.open()
    widget.says("Hello")
    widget.hears("bot", "Which of them?")
    expect(widget.input).to_be_focused()
    tree = widget.page.context.new_cdp_session(widget.page).send("Accessibility.getFullAXTree")
    nodes = [node for node in tree["nodes"] if not node["ignored"]]
    told = {(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes}
    assert told >= {
        ("dialog", "Customer care"),
        ("log", "Messages"),
        ("button", "Close chat"),
        ("button", "More"),
        ("button", "Polski"),
        ("button", "Talk to a person"),
        ("button", "Where is my order?"),
        ("textbox", "Write a message"),
        ("button", "Send"),
    }
    nameless = [
        node["role"]["value"]
        for node in nodes
        if node["role"]["value"] in ("button", "textbox", "link", "radio", "dialog", "log", "img")
        and not node.get("name", {}).get("value")
    ]
    assert nameless == []
    focused = [
        node["name"]["value"]
        for node in nodes
        for mark in node.get("properties", [])
        if mark["name"] == "focused" and mark["value"].get("value") is True
    ]
    assert "Write a message" in focused
    widget.close_page()


def test_the_keyboard_alone_gets_everywhere_in_the_order_of_the_screen(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    live_desk.says("?", replies=[{"text": "Which of them?", "buttons": BUTTONS}])
    widget = Widget.visit(chromium, live_desk.url, **PHONE)
    widget.open()
    widget.says("Hello")
    widget.hears("bot", "Which of them?")
    met: list[dict[str, Any]] = []
    while not met or widget.page.evaluate(FOCUSED)["name"] != met[0]["name"]:
        met.append(widget.page.evaluate(FOCUSED))
        widget.page.keyboard.press("Tab")
        assert len(met) < 30
    start = next(i for i, one in enumerate(met) if one["name"] == "Polski")
    met = met[start:] + met[:start]
    names = [one["name"] for one in met]
    assert names[:3] == ["Polski", "More", "Close chat"]
    assert {"Messages", "Where is my order?", "Talk to a person", "Write a message"} <= set(names)
    assert len(names) == widget.panel.evaluate(COUNT), "every control is met once"
    for before, after in pairwise(met):
        in_one_row = before["bottom"] > after["top"] + 4
        is_beside = after["left"] >= before["left"]
        is_inside = before["name"] == "Messages"
        in_order = is_beside if in_one_row else after["top"] >= before["top"]
        assert in_order or is_inside, (before, after)
    widget.page.keyboard.press("Shift+Tab")
    widget.chat.get_by_role("button", name="Return something").focus()
    widget.page.keyboard.press("Enter")
    widget.hears("customer", "Return something")
    widget.close_page()
