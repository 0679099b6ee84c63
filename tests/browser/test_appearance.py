"""What the owner of a site chooses: colours, place, launcher, words, theme, direction."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.browser.site import DESKS, Site, Visit, open_site, visit

pytestmark = pytest.mark.browser

CONFIGURED = (
    DESKS
    + """
[it-help.widget]
color = "#ffd400"
position = "left"
theme = "dark"
launcher = { en = "Ask IT", pl = "Zapytaj IT" }
texts = { en = { welcome = "Have you tried turning it off?" } }
"""
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("site"), CONFIGURED) as running:
        yield running


def color(on: Visit, selector: str, name: str = "background-color") -> str:
    found: str = on.chat.locator(selector).evaluate(f"e => getComputedStyle(e)['{name}']")
    return found


def test_before_it_is_opened_a_site_pays_for_one_small_request(
    site: Site, chromium: Browser
) -> None:
    page = chromium.new_context().new_page()
    asked: list[tuple[str, int]] = []
    page.on("response", lambda r: asked.append((r.url, len(r.body()))))
    page.goto(site.put("/plain", site.script()))
    expect(page.locator("firstline-chat .launcher")).to_be_visible()
    page.wait_for_timeout(1500)
    ours = [(url, size) for url, size in asked if url.startswith(site.desk.url)]
    assert [url.removeprefix(site.desk.url) for url, _ in ours] == [
        "/widget.js",
        "/widget/desks/customer-care",
    ]
    assert ours[1][1] < 1000


def test_the_desks_configuration_dresses_the_chat(site: Site, chromium: Browser) -> None:
    here = visit(chromium, site.put("/it", site.script('data-desk="it-help"')))
    launcher = here.chat.locator(".launcher")
    expect(launcher.locator(".invite")).to_have_text("Ask IT")
    expect(launcher).to_have_attribute("aria-label", "Ask IT: Open chat")
    box = launcher.bounding_box()
    assert box is not None
    assert box["x"] < 30
    assert color(here, ".launcher") == "rgb(255, 212, 0)"
    assert color(here, ".launcher", "color") == "rgb(0, 0, 0)"  # white could not be read on it
    here.open()
    assert color(here, ".panel") == "rgb(22, 29, 28)"
    expect(here.chat.locator(".log")).to_contain_text("Have you tried turning it off?")


def test_attributes_of_the_script_win_over_the_configuration(site: Site, chromium: Browser) -> None:
    attributes = (
        'data-desk="it-help" data-color="#00f" data-position="right" data-theme="light" '
        'data-launcher="icon" data-language="pl" '
        """data-texts='{"pl": {"welcome": "Słucham?"}}' """
    )
    here = visit(chromium, site.put("/own", site.script(attributes)))
    assert color(here, ".launcher") == "rgb(0, 0, 255)"
    expect(here.chat.locator(".launcher .invite")).to_have_text("")
    box = here.chat.locator(".launcher").bounding_box()
    assert box is not None
    assert box["x"] > 1000
    here.open()
    assert color(here, ".panel") == "rgb(255, 255, 255)"
    expect(here.chat.locator(".log")).to_contain_text("Słucham?")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("chosen", ["#ffd400", "#e91e63", "#777777", "#000000", "#ffffff"])
def test_whatever_colour_is_chosen_axe_can_read_everything(
    site: Site, chromium: Browser, theme: str, chosen: str
) -> None:
    attributes = f'data-desk="customer-care" data-color="{chosen}" data-theme="{theme}"'
    here = visit(
        chromium, site.put("/color", f"<main><h1>Shop</h1></main>{site.script(attributes)}")
    )
    here.open()
    here.ask("How long does delivery take?")
    assert Axe().run(here.page).response["violations"] == []


def test_auto_follows_the_browser_and_changes_with_it(site: Site, chromium: Browser) -> None:
    here = visit(chromium, site.put("/auto", site.script()), color_scheme="dark")
    here.open()
    assert color(here, ".panel") == "rgb(22, 29, 28)"
    here.page.emulate_media(color_scheme="light")
    expect(here.chat.locator(".panel")).to_have_css("background-color", "rgb(255, 255, 255)")


def test_right_to_left_is_the_mirror_image(site: Site, chromium: Browser, shots: Path) -> None:
    right = '<!doctype html><html dir="rtl" lang="ar"><title>م</title><body><main><h1>م</h1></main>'
    attributes = 'data-desk="customer-care" data-dir="rtl"'
    here = visit(chromium, site.put("/rtl", f"{right}{site.script(attributes)}</body></html>"))
    box = here.chat.locator(".launcher").bounding_box()
    assert box is not None
    assert box["x"] < 30
    here.open()
    here.ask("How long does delivery take?")
    places = {
        name: here.chat.locator(name).last.bounding_box()
        for name in (".panel", ".row.customer .bubble", ".row.bot .bubble", ".send", ".log")
    }
    found = {name: box for name, box in places.items() if box is not None}
    assert len(found) == len(places)
    assert found[".panel"]["x"] < 30
    assert found[".row.customer .bubble"]["x"] < found[".row.bot .bubble"]["x"]
    assert found[".send"]["x"] < found[".log"]["x"] + 60
    here.page.screenshot(path=shots / "widget-rtl.png")
    assert Axe().run(here.page).response["violations"] == []


def test_on_a_right_to_left_page_an_english_chat_reads_from_the_left(
    site: Site, chromium: Browser
) -> None:
    page = f'<!doctype html><html dir="rtl"><body>{site.script()}</body></html>'
    here = visit(chromium, site.put("/arabic", page))
    here.open()
    assert color(here, ".panel", "direction") == "ltr"


def test_bad_attributes_are_told_in_the_console_and_the_chat_still_works(
    site: Site, chromium: Browser
) -> None:
    attributes = 'data-desk="customer-care" data-color="red" data-texts="{oops" data-avatar="x:y"'
    here = visit(chromium, site.put("/bad", site.script(attributes)))
    here.open()
    here.ask("Hello?")
    assert any("data-color must be like #0f6b63" in line for line in here.said)
    assert any("data-texts must be JSON" in line for line in here.said)
    assert here.errors == []


def test_a_face_stands_beside_the_desks_name(site: Site, chromium: Browser) -> None:
    attributes = f'data-desk="customer-care" data-avatar="{site.url}/face"'
    here = visit(chromium, site.put("/face-page", site.script(attributes)))
    here.open()
    expect(here.chat.locator(".head .avatar")).to_have_attribute("src", f"{site.url}/face")
