"""An agent chooses a picture: a large photo is made small by the page, and customers see it."""

import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.bot.accounts.test_pictures import png
from tests.browser.live import LiveDesk, open_live_desk
from tests.desk import DESK

pytestmark = pytest.mark.browser
PASSWORD = "correct-horse-battery"


@pytest.fixture
def live_desk(tmp_path: Path) -> Iterator[LiveDesk]:
    with open_live_desk(tmp_path) as desk:
        yield desk


def test_a_large_photo_becomes_a_small_square_picture(
    chromium: Browser, live_desk: LiveDesk, shots: Path, tmp_path: Path
) -> None:
    first = live_desk.run(
        live_desk.parts.accounts.add_agent("anna@example.com", "Anna Kowalska", [DESK])
    )
    page = chromium.new_context(locale="en-GB").new_page()
    page.goto(f"{live_desk.url}/inbox")
    page.locator("input[name=email]").fill("anna@example.com")
    page.locator("input[name=password]").fill(first)
    page.locator("button.primary").click()
    page.locator("input[name=old]").fill(first)
    page.locator("input[name=new]").fill(PASSWORD)
    page.locator("button.primary").click()
    page.get_by_title("Your account").click()
    page.get_by_role("link", name="Your picture").click()
    expect(page.locator(".face")).to_contain_text("A")
    assert Axe().run(page).response["violations"] == []
    photo = tmp_path / "photo.png"
    photo.write_bytes(png(4000, 3000))
    field = page.locator("#picture")
    page.wait_for_load_state()  # its script
    field.set_input_files(photo)
    expect(field).to_have_js_property("value", "C:\\fakepath\\picture.jpg")
    page.get_by_role("button", name="Save").click()
    shown = page.locator(".face img")
    expect(shown).to_be_visible()
    expect(shown).to_have_js_property("naturalWidth", 256)
    expect(shown).to_have_js_property("naturalHeight", 256)
    page.screenshot(path=shots / "inbox-picture.png")
    assert Axe().run(page).response["violations"] == []
    page.get_by_role("button", name="Remove").click()
    expect(page.locator(".face img")).to_have_count(0)
    page.locator("#picture").set_input_files(
        {"name": "me.png", "mimeType": "image/png", "buffer": b"MZ" + struct.pack("<I", 7)}
    )
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("PNG, JPEG or WebP picture of at most 200 kB")
    page.context.close()
