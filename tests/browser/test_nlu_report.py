"""The page of `firstline nlu report` as a person sees it: light, dark, and on a phone."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from bot.launcher.report_page import write_page
from tests.launcher.test_nlu import report

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("name", "scheme", "width"),
    [("light", "light", 1200), ("dark", "dark", 1200), ("phone", "light", 375)],
)
def test_the_report_fits_the_screen(
    chromium: Browser, shots: Path, tmp_path: Path, name: str, scheme: str, width: int
) -> None:
    page_file = write_page(report(), tmp_path)
    options = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
    context = chromium.new_context(**options)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(page_file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert Axe().run(page).response["violations"] == []
    page.screenshot(path=shots / f"nlu-report-{name}.png", full_page=True)
    context.close()
