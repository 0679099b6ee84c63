"""The strictest Content-Security-Policy: the chat works, and not one violation is reported."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.site import Site, Visit, look, open_site
from tests.browser.test_before import ASKING
from tests.desk import answer

pytestmark = pytest.mark.browser

ASKING_IT = (
    ASKING.replace("customer-care", "it-help") + '[customer-care]\nname = { en = "C", pl = "C" }\n'
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("site"), ASKING_IT) as running:
        yield running


def policy(site: Site) -> str:
    """As docs/widget.md gives it; the rest of this page may do nothing at all."""
    desk = site.desk.url
    return "; ".join(
        (
            "default-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
            f"script-src {desk}",
            f"connect-src {desk} {desk.replace('http', 'ws')}",
            f"img-src {desk}",
            "report-uri /report",
        )
    )


def strict(site: Site, browser: Browser, path: str, attributes: str) -> Visit:
    page: Page = browser.new_context(locale="en-GB").new_page()
    page.add_init_script(
        "window.violations = []; document.addEventListener('securitypolicyviolation',"
        "(e) => window.violations.push(`${e.violatedDirective} ${e.blockedURI} ${e.sample}`))"
    )
    site.posted.clear()
    headers = {"content-security-policy": policy(site)}
    return look(page, site.put(path, f"<h1>Bank</h1>{site.script(attributes)}", headers))


def nothing_was_violated(site: Site, here: Visit) -> None:
    assert here.page.evaluate("window.violations") == []
    assert site.posted == []
    assert here.errors == []
    assert not [line for line in here.said if "Security Policy" in line]


def test_the_whole_chat_works_and_nothing_is_violated(site: Site, chromium: Browser) -> None:
    picture = f'data-avatar="{site.desk.url}/demo/none.png" data-color="#c2185b"'
    here = strict(site, chromium, "/strict", f'data-desk="customer-care" {picture}')
    here.open()
    site.desk.engine.at_once = answer(
        replies=[
            {
                "text": "See",
                "image": f"{site.desk.url}/x.png",
                "buttons": [{"title": "More", "payload": "/more"}],
            }
        ]
    )
    here.ask("Hello?", "See")
    site.desk.engine.at_once = answer("Two working days.")
    here.chat.get_by_role("button", name="More", exact=True).last.click()
    expect(here.chat.locator(".row.bot").last).to_contain_text("Two working days.")
    here.chat.get_by_role("button", name="Talk to a person").click()
    expect(here.chat.locator(".row.system").last).to_be_visible()
    background = here.chat.locator(".launcher").evaluate("e => getComputedStyle(e).backgroundColor")
    assert background == "rgb(194, 24, 91)"
    nothing_was_violated(site, here)


def test_so_does_the_form_that_is_fetched_later(site: Site, chromium: Browser) -> None:
    here = strict(site, chromium, "/strict-form", 'data-desk="it-help"')
    here.open()
    here.chat.get_by_label("Your e-mail").fill("anna@example.com")
    here.chat.get_by_label("What is it about?").select_option("order")
    here.chat.get_by_role("checkbox").check()
    here.chat.get_by_role("button", name="Start the chat").click()
    here.ask("Hello?")
    width = here.chat.locator(".panel").evaluate("e => e.getBoundingClientRect().width")
    assert width > 300  # it is dressed
    nothing_was_violated(site, here)


def test_the_listener_hears_a_violation_when_there_is_one(site: Site, chromium: Browser) -> None:
    here = strict(site, chromium, "/strict-2", 'data-desk="customer-care"')
    here.page.evaluate("document.body.append(Object.assign(new Image(), { src: '/x.png' }))")
    expect(here.page.locator("h1")).to_be_visible()
    here.page.wait_for_function("() => window.violations.length > 0")


def test_the_guide_gives_exactly_these_directives() -> None:
    guide = Path("docs/widget.md").read_text("utf-8")
    for directive in (
        "script-src https://desk.example;",
        "connect-src https://desk.example wss://desk.example;",
        "img-src https://desk.example",
    ):
        assert directive in guide
