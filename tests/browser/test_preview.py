"""The page that writes the line for the owner's own pages."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, FrameLocator, Page, expect

from tests.browser.site import Site, open_site, visit

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("site")) as running:
        yield running


def preview(site: Site, browser: Browser, address: str = "", **options: object) -> Page:
    context = browser.new_context(**({"locale": "en-GB"} | options))  # type: ignore[arg-type]
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    page.goto(f"{site.desk.url}/widget/preview{address}")
    expect(inside(page).locator("firstline-chat .panel")).to_be_visible(timeout=15_000)
    assert problems == []
    return page


def inside(page: Page) -> FrameLocator:
    return page.frame_locator("#page")


def test_what_is_chosen_is_shown_and_the_line_works_as_it_stands(
    site: Site, chromium: Browser
) -> None:
    page = preview(site, chromium)
    page.get_by_label("Colour as a code").fill("#c2185b")
    page.get_by_label("Left", exact=True).check()
    page.get_by_label("Dark", exact=True).check()
    page.get_by_label("Words on the button").fill('Say "hi" & more <3')
    page.get_by_label("Welcome").fill("Good day!")
    page.get_by_label("Show it open").uncheck()
    launcher = inside(page).locator("firstline-chat .launcher")
    expect(launcher.locator(".invite")).to_have_text('Say "hi" & more <3', timeout=15_000)
    expect(page.locator("#contrast")).to_contain_text("white, 5.9 to 1")
    line = page.locator("#snippet").inner_text()
    assert line.startswith(f'<script src="{site.desk.url}/widget.js" data-desk="customer-care"')
    elsewhere = visit(chromium, site.put("/pasted", line))
    expect(elsewhere.chat.locator(".invite")).to_have_text('Say "hi" & more <3')
    box = elsewhere.chat.locator(".launcher").bounding_box()
    assert box is not None
    assert box["x"] < 30
    color = elsewhere.chat.locator(".launcher").evaluate("e => getComputedStyle(e).backgroundColor")
    assert color == "rgb(194, 24, 91)"
    elsewhere.open()
    expect(elsewhere.chat.locator(".log")).to_contain_text("Good day!")
    page.locator("summary").click()
    toml = page.locator("#toml").inner_text()
    assert toml.startswith("[customer-care.widget]\n")
    assert 'color = "#c2185b"' in toml


def test_the_toml_is_what_the_desk_reads(site: Site, chromium: Browser, tmp_path: Path) -> None:
    page = preview(site, chromium)
    page.get_by_label("Colour as a code").fill("#123")
    page.get_by_label("Words on the button").fill("Ask “us”")
    page.get_by_label("Welcome").fill('A "quote" and \\ more')
    page.get_by_label("Right to left").check()
    page.get_by_label("Picture (address)").fill("https://shop.example/face.png")
    page.locator("summary").click()
    name = '[customer-care]\nname = { en = "C", pl = "C" }\n'
    with open_site(tmp_path, name + page.locator("#toml").inner_text()) as configured:
        desk = configured.parts.desks.get("customer-care")
    assert desk.widget.look["texts"]["pl"]["welcome"] == 'A "quote" and \\ more'
    assert desk.widget.look["dir"] == "rtl"


def test_by_keyboard_alone(site: Site, chromium: Browser) -> None:
    page = preview(site, chromium)
    assert page.evaluate("document.activeElement.localName") == "body"  # the chat took no focus
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#code")).to_be_focused()
    page.get_by_label("Right", exact=True).focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#snippet")).to_contain_text('data-position="left"')
    page.get_by_role("button", name="Copy").focus()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.keyboard.press("Enter")
    expect(page.locator("#copy")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("#snippet").inner_text()


@pytest.mark.parametrize(
    ("name", "address", "options"),
    [
        ("light", "", {}),
        ("dark", "", {"color_scheme": "dark"}),
        ("polish-phone", "?lang=pl", {"viewport": {"width": 390, "height": 844}}),
    ],
)
def test_it_is_clean_for_axe_in_every_look(
    site: Site, chromium: Browser, shots: Path, name: str, address: str, options: dict[str, object]
) -> None:
    page = preview(site, chromium, address, **options)
    page.screenshot(path=shots / f"preview-{name}.png", full_page=True)
    assert Axe().run(page).response["violations"] == []
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert overflow <= 0


def test_in_polish_and_for_another_desk(site: Site, chromium: Browser) -> None:
    page = preview(site, chromium, "?lang=pl&desk=it-help")
    expect(page.get_by_role("heading", level=1)).to_have_text("Czat w Twoim stylu")
    expect(inside(page).locator("firstline-chat .head strong")).to_have_text("Pomoc IT")
    expect(page.locator("#snippet")).to_contain_text('data-desk="it-help"')


def test_a_colour_that_is_none_is_said_and_not_written_down(site: Site, chromium: Browser) -> None:
    page = preview(site, chromium)
    page.get_by_label("Colour as a code").fill("reddish")
    expect(page.locator("#contrast")).to_have_text("Write it like #0f6b63.")
    expect(page.locator("#snippet")).not_to_contain_text("data-color")
