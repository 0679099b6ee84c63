"""window.Firstline: what a page may ask of its chat, and what it hears."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from bot.conversations.models import Conversation
from tests.browser.site import ANSWER, Site, Visit, open_site, visit

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_site(tmp_path_factory.mktemp("site")) as running:
        yield running


def stub() -> str:
    """The lines of the guide that queue calls."""
    guide = Path("docs/widget.md").read_text("utf-8")
    found = re.search(r"<script>\n(  window\.Firstline.*?)</script>", guide, re.DOTALL)
    assert found is not None
    return f"<script>{found.group(1)}"


def heard(here: Visit) -> list[list[object]]:
    found: list[list[object]] = here.page.evaluate("window.heard")
    return found


def test_open_close_toggle_and_their_events(site: Site, chromium: Browser) -> None:
    here = visit(chromium, site.put("/", site.script()))
    here.page.evaluate(
        "() => { window.heard = []; for (const name of ['open', 'close']) "
        "Firstline.on(name, () => heard.push([name])); }"
    )
    panel = here.chat.locator(".panel")
    here.page.evaluate("Firstline.open()")
    expect(panel).to_be_visible()
    here.page.evaluate("Firstline.open()")  # is open already: nothing to hear
    here.page.evaluate("Firstline.toggle()")
    expect(panel).to_be_hidden()
    here.page.evaluate("Firstline.toggle(); Firstline.close()")
    expect(panel).to_be_hidden()
    assert heard(here) == [["open"], ["close"], ["open"], ["close"]]


def test_messages_and_status_are_heard_once_and_never_the_history(
    site: Site, chromium: Browser
) -> None:
    listen = (
        "window.heard = []; Firstline.on('message', (m) => heard.push([m.author.kind, m.text]));"
        "Firstline.on('status', (s) => heard.push(['status', s.status]));"
    )
    page = f"{stub()}{listen}</script>{site.script()}"
    here = visit(chromium, site.put("/", page))
    here.page.evaluate("Firstline.open(); Firstline.send('How long?')")
    expect(here.chat.locator(".row.bot")).to_have_count(1, timeout=15_000)
    said = heard(here)
    assert ["customer", "How long?"] in said
    assert ["bot", ANSWER] in said
    assert ["status", "bot"] in said
    assert len([one for one in said if one[0] != "status"]) == 2
    here.page.reload()
    expect(here.chat.locator(".row.bot")).to_have_count(1, timeout=15_000)
    assert [one for one in heard(here) if one[0] != "status"] == []


def test_calls_before_the_script_are_done_when_it_has_come(site: Site, chromium: Browser) -> None:
    early = (
        "window.heard = []; Firstline.on('ready', (e) => heard.push(['ready', e.desk]));"
        "Firstline.setLanguage('pl'); Firstline.open(); Firstline.send('Przed skryptem');"
    )
    here = visit(chromium, site.put("/", f"{stub()}{early}</script>{site.script()}"))
    expect(here.chat.locator(".row.bot")).to_have_count(1, timeout=15_000)
    expect(here.chat.locator(".row.customer")).to_contain_text("Przed skryptem")
    expect(here.chat.locator("textarea")).to_have_attribute("placeholder", "Napisz wiadomość")
    assert heard(here) == [["ready", "customer-care"]]
    assert here.errors == []


def test_a_late_listener_hears_that_it_is_ready_and_off_is_off(
    site: Site, chromium: Browser
) -> None:
    here = visit(chromium, site.put("/", site.script()))
    here.page.evaluate(
        "() => { window.heard = []; const f = (e) => heard.push([e.desk ?? 'open']);"
        "Firstline.on('ready', f); Firstline.on('open', f); Firstline.off('open', f);"
        "Firstline.open(); }"
    )
    expect(here.chat.locator(".panel")).to_be_visible()
    assert heard(here) == [["customer-care"]]


def test_the_same_as_dom_events(site: Site, chromium: Browser) -> None:
    here = visit(chromium, site.put("/", site.script()))
    here.page.evaluate(
        "() => { window.heard = []; document.addEventListener('firstline:message', "
        "(e) => heard.push([e.target.localName, e.detail.author.kind])); Firstline.open(); }"
    )
    here.ask("Hello?")
    assert heard(here) == [["firstline-chat", "customer"], ["firstline-chat", "bot"]]


def test_errors_are_events_too(site: Site, chromium: Browser) -> None:
    listen = "window.heard = []; Firstline.on('error', (e) => heard.push([e.code]));"
    page = f"{stub()}{listen}</script>{site.script('data-desk=moon')}"
    here = visit(chromium, site.put("/", page))
    assert heard(here) == [["unknown_desk"]]


def test_languages_by_browser_page_attribute_api_and_customer(
    site: Site, chromium: Browser
) -> None:
    polish, english = "Napisz wiadomość", "Write a message"

    def shows(here: Visit, words: str) -> None:
        here.page.evaluate("Firstline.open()")
        expect(here.chat.locator("textarea")).to_have_attribute("placeholder", words)

    bare = f"<!doctype html><title>S</title>{site.script()}"
    shows(visit(chromium, site.put("/b", bare), locale="pl-PL"), polish)
    shows(visit(chromium, site.put("/b", bare), locale="de-DE"), english)
    page = f'<!doctype html><html lang="pl"><title>S</title>{site.script()}</html>'
    shows(visit(chromium, site.put("/p", page)), polish)
    attribute = site.script('data-desk="customer-care" data-language="pl"')
    here = visit(chromium, site.put("/a", attribute))
    shows(here, polish)
    here.page.evaluate("Firstline.setLanguage('en-US')")
    shows(here, english)
    here.page.evaluate("Firstline.setLanguage('de')")
    shows(here, english)
    assert any('the chat speaks en and pl, not "de"' in line for line in here.said)
    here.page.reload()
    shows(here, english)


def test_set_page_tells_the_agent_where_the_customer_is(site: Site, chromium: Browser) -> None:
    here = visit(chromium, site.put("/", site.script()))
    here.open()
    here.ask("One")
    page = "{ url: 'https://shop.example/basket', title: 'Basket' }"
    here.page.evaluate(f"Firstline.setPage({page})")
    here.ask("Two")
    there = here.page.evaluate("localStorage['firstline:customer-care:seenIn']")

    async def context() -> dict[str, str]:
        async with site.parts.db.read() as session:
            return (await session.get_one(Conversation, there)).context

    assert site.run(context())["title"] == "Basket"
