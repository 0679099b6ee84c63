"""Headless Chromium: required in CI, skipped with its reason on a machine without it."""

import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from tests.browser.live import PATIENCE_MS, LiveDesk, open_live_desk

# Chromium draws the suggestions under its own address line as pages of their own, also when nobody
# sees it: two thirds of what a page here costs. It takes the last of such lists alone, so the rest
# is Playwright's (1.64).
NOT_WANTED = (
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup"),
    *("AimEnabled", "AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync"),
    *("DestroyProfileOnBrowserClose", "HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades"),
    *("LensOverlay", "MediaRouter", "NetworkTimeServiceQuerying", "OptimizationHints"),
    *("PaintHolding", "PreconnectToSearch", "ThirdPartyStoragePartitioning"),
)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    f"--disable-features={','.join(NOT_WANTED)}",
]
LOOK_MS = 5000
# What has to come within a time is timed by its test; all else may take what a busy machine needs.
expect.set_options(timeout=PATIENCE_MS)
NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failure tells what its pages show: nobody can look at CI's screen."""
    report = yield
    browser = getattr(item, "funcargs", {}).get("chromium")
    if report.failed and browser is not None:
        for page in (page for context in browser.contexts for page in context.pages):
            try:
                shown = page.locator("body").inner_text(timeout=LOOK_MS)[:3000]
            except PlaywrightError as error:
                shown = f"does not say: {error}"
            report.sections.append((f"page at {page.url}", shown))
    return report


# For a module, not for the session: Playwright's loop would run on under the async tests.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for a module's tests; each opens its own contexts."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        reason = "Chromium is not installed (on Debian and Ubuntu: apt install chromium)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def shots() -> Path:
    """Where screenshots are kept: CI artefacts, ignored by git."""
    folder = Path("var/screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def live_desk(tmp_path: Path) -> Iterator[LiveDesk]:
    """A desk of the test's own whose bot says what the test wants."""
    with open_live_desk(tmp_path) as desk:
        yield desk
