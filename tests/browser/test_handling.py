"""What agents do with a conversation beside answering it: by keyboard, in every look, with axe."""

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from bot.channel import InboundMessage
from tests.browser.inbox import everybody_speaks, opens, signed_in
from tests.browser.live import PATIENCE_MS, LiveDesk, Widget, configured_desk
from tests.desk import DESK

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

PANELS = ("hand_over", "labels", "block", "snooze", "priority", "give_back")
WIDE = 1400
FIELDS = """
[customer-care]
name = { en = "Customer care", pl = "Obsługa klienta" }
""" + "\n".join(
    f"""[[customer-care.fields]]
key = "{kind}"
label = {{ en = "The {kind}", pl = "Pole {kind}" }}
type = "{kind}"
{'choices = ["Phone", "Laptop"]' if kind == "choice" else ""}"""
    for kind in ("text", "number", "date", "choice", "yes_no")
)
# Where pictures for people to look at are put, when somebody wants them.
PICTURES = os.environ.get("FIRSTLINE_TEST_PICTURES")


def picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png")


# Everything that axe looks at by itself, and WCAG 2.2's own rule, which it does not.
AXE_OPTIONS = {"rules": {"target-size": {"enabled": True}}}


def clean(page: Page) -> list[str]:
    found = Axe().run(page, options=AXE_OPTIONS).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found]


def is_open(page: Page) -> None:
    """A panel, whichever it is."""
    shown = page.locator("#panel form [id^=do-], #panel p:not([hidden])").first
    expect(shown).to_be_visible(timeout=PATIENCE_MS)


def opened_panel_is_clean(page: Page, name: str) -> None:
    is_open(page)
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        assert clean(page) == [], (name, scheme)
    picture(page, name)


def goes_to(page: Page, name: str, *, key: str = "Tab") -> None:
    """On from field to field; a date has several stops."""
    for _ in range(12):
        page.keyboard.press(key)
        if page.evaluate("document.activeElement.id") == name:
            return
    raise AssertionError(f"{key} does not lead to {name}")


def wants_a_person(desk: LiveDesk, thread: str, customer: str) -> str:
    """The path of the conversation."""
    inbound = InboundMessage("web", thread, customer, DESK, f"{thread}:1", "en", "Hello?")
    receipt = desk.run(desk.parts.frontdesk.ask_for_human(inbound))
    return f"/inbox/conversations/{receipt.conversation}"


def has_focus(page: Page, name: str) -> None:
    """The widget's window is in front, so Playwright's own `to_be_focused` says no."""
    for _ in range(150):
        if page.evaluate("document.activeElement.id") == name:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"the focus is not in {name}")


def speaks(page: Page, language: str) -> None:
    """The page in another language, once its scripts are at work."""
    with page.expect_response("**/inbox/live"):
        page.locator(f"button[lang={language}]").click()


@pytest.mark.timeout(300)  # nine panels in six looks
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
    facts = page.locator(".facts-list")
    expect(facts).to_contain_text("10482", timeout=PATIENCE_MS)
    expect(facts.locator("time")).not_to_contain_text("UTC")  # but the agent's own
    for name in (*PANELS, "fact", "ask", "rate"):
        page.locator(f"#open-{name}").focus()
        page.keyboard.press("Enter")
        opened_panel_is_clean(page, name)
        page.keyboard.press("Escape")
        expect(page.locator("#panel")).to_be_empty()
    for scheme, width, language in (
        ("dark", WIDE, "en"),
        ("light", 390, "en"),
        ("light", WIDE, "pl"),
    ):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 900})
        if language == "pl":
            speaks(page, "pl")
        expect(page.locator(f"html[lang={language}] #customer")).to_be_visible(timeout=PATIENCE_MS)
        for name in (*PANELS, "fact", "ask", "rate"):
            link = page.locator(f"#open-{name}")
            if width == WIDE:
                expect(link).to_be_visible()
            elif not link.is_visible() and name in (*PANELS, "ask"):
                page.get_by_role("button", name="More…").click()
            elif not link.is_visible():
                page.locator("#evidence > summary").click()
            link.click()
            expect(page.locator("#more-menu:popover-open")).to_have_count(0)
            is_open(page)
            assert clean(page) == [], (name, scheme, width, language)
            picture(page, f"{name}-{scheme}-{width}-{language}")
            page.keyboard.press("Escape")
            expect(page.locator("#panel")).to_be_empty()
    speaks(page, "en")
    expect(page.locator("html[lang=en] #customer")).to_be_visible(timeout=PATIENCE_MS)
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


def test_fields_of_every_kind_are_filled_in_by_keyboard(chromium: Browser, tmp_path: Path) -> None:
    with configured_desk(tmp_path, FIELDS) as desk:
        anna = desk.agent()
        path = wants_a_person(desk, "t1", "t1")
        anna.claims()
        page = signed_in(chromium, desk, anna)
        opens(page, desk.url + path)
        page.locator("#customer").focus()
        page.keyboard.press("d")
        has_focus(page, "field-text")
        opened_panel_is_clean(page, "fields")
        page.keyboard.type("Bolt M8")
        goes_to(page, "field-number")
        page.keyboard.type("twelve")
        goes_to(page, "field-date")
        page.keyboard.type("12242026")
        goes_to(page, "field-choice")
        page.keyboard.type("Lap")
        goes_to(page, "field-yes_no")
        page.keyboard.type("Y")
        goes_to(page, "do-fields")
        page.keyboard.press("Enter")
        expect(page.locator("#alert")).to_contain_text("Nothing was saved", timeout=PATIENCE_MS)
        expect(page.locator("#alert")).to_contain_text("The number")
        values = {"text": "Bolt M8", "number": "twelve", "date": "2026-12-24"}
        for name, value in (values | {"choice": "Laptop", "yes_no": "yes"}).items():
            expect(page.locator(f"#field-{name}")).to_have_value(value)
        # What is wrong is said at the field too, and the focus is there.
        has_focus(page, "field-number")
        wrong = page.locator(".panel-box .problem:visible")
        expect(wrong).to_have_text(["Must be a number such as 12 or 12.5."])
        expect(page.locator("#field-number")).to_have_accessible_description(
            "Must be a number such as 12 or 12.5."
        )
        opened_panel_is_clean(page, "fields-wrong")
        page.keyboard.press("ControlOrMeta+A")
        page.keyboard.type("12,5")
        expect(wrong).to_have_count(0)
        page.keyboard.press("Enter")
        shown = page.locator("#evidence .pairs", has_text="The number").locator("dd")
        expect(shown).to_contain_text(
            ["Bolt M8", "12.5", "2026-12-24", "Laptop", "yes"], timeout=PATIENCE_MS
        )
        page.context.close()


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Must be a date such as 2026-12-24."), ("pl", "Podaj datę, na przykład 2026-12-24.")],
)
def test_a_date_that_there_is_not_is_refused_at_its_field_in_the_agents_language(
    chromium: Browser, tmp_path: Path, language: str, words: str
) -> None:
    with configured_desk(tmp_path, FIELDS) as desk:
        anna = desk.agent()
        path = wants_a_person(desk, "t1", "t1")
        anna.claims()
        everybody_speaks(desk, language)
        page = signed_in(chromium, desk, anna)
        opens(page, desk.url + path)
        page.locator("#customer").focus()
        page.keyboard.press("d")
        has_focus(page, "field-text")
        goes_to(page, "field-date")
        page.keyboard.type("02312026")
        goes_to(page, "field-text", key="Shift+Tab")
        page.keyboard.press("Enter")
        wrong = page.locator(".panel-box .problem:visible")
        expect(wrong).to_have_text([words])
        has_focus(page, "field-date")
        date = page.locator("#field-date")
        expect(date).to_have_accessible_description(words)
        expect(date).to_have_attribute("aria-invalid", "true")
        expect(page.locator("#announcer")).to_have_text(words)
        assert clean(page) == []
        page.keyboard.type("12242026")
        expect(wrong).to_have_count(0)
        page.keyboard.press("Enter")
        expect(page.locator("#evidence")).to_contain_text("2026-12-24", timeout=PATIENCE_MS)
        page.context.close()


def test_a_duplicate_is_merged_by_keyboard_and_the_link_undone(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    first, second = (wants_a_person(live_desk, f"v:{n}", "v") for n in (1, 2))
    page = signed_in(chromium, live_desk, live_desk.agent())
    page.on("dialog", lambda dialog: dialog.accept())
    opens(page, live_desk.url + second)
    page.locator("#customer").focus()
    page.keyboard.press("m")
    expect(page.get_by_role("radio")).to_have_count(1)
    opened_panel_is_clean(page, "merge")
    expect(page.get_by_role("radio")).to_be_focused()
    page.keyboard.press("Space")
    goes_to(page, "do-merge")
    page.keyboard.press("Enter")
    expect(page.locator(".badge.is-closed")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator(f".notice a[href='{first}']")).to_be_visible()
    page.locator("#do-unmerge").press("Enter")
    expect(page.locator(f".notice a[href='{first}']")).to_have_count(0, timeout=PATIENCE_MS)
    page.context.close()


def test_a_colleagues_question_is_answered_by_keyboard(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    anna, piotr = live_desk.agent(), live_desk.agent("Piotr")
    path = wants_a_person(live_desk, "t1", "t1")
    anna.claims()
    ask = live_desk.parts.handling.notes.ask
    live_desk.run(ask(piotr._agent, path[-36:], anna._agent.id, "Is it in stock?"))
    page = signed_in(chromium, live_desk, anna)
    opens(page, live_desk.url + path)
    page.locator("#customer").focus()
    page.keyboard.press("a")
    has_focus(page, "answer-words")
    opened_panel_is_clean(page, "answer")
    page.keyboard.type("Three are left")
    goes_to(page, "do-answer")
    page.keyboard.press("Enter")
    expect(page.locator(".note", has_text="Three are left")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator(".notice.is-question")).to_have_count(0)
    page.context.close()
