"""An agent's browser on a live desk, signed in."""

from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import update

from bot.accounts.models import Agent
from tests.browser.live import PATIENCE_MS, LiveAgent, LiveDesk


def signed_in(browser: Browser, desk: LiveDesk, agent: LiveAgent) -> Page:
    """A page of the agent's own; it is nowhere yet."""

    async def enter() -> str:
        email, accounts = agent._agent.email, desk.parts.accounts
        password = await accounts.reset_password(email)
        async with desk.parts.db.write() as tx:
            changed = update(Agent).where(Agent.email == email).values(must_change_password=False)
            await tx.session.execute(changed)
        return await accounts.sign_in(email, password)

    context = browser.new_context(locale="en-GB", viewport={"width": 1400, "height": 900})
    context.add_cookies(
        [{"name": "firstline_session", "value": desk.run(enter()), "url": desk.url}]
    )
    return context.new_page()


def opens(page: Page, url: str) -> None:
    """Goes there and waits until the page hears news: what is said before, it has missed."""
    with page.expect_response("**/inbox/live"):
        page.goto(url)


def everybody_speaks(desk: LiveDesk, language: str) -> None:
    """All agents have chosen it."""

    async def choose() -> None:
        async with desk.parts.db.write() as tx:
            await tx.session.execute(update(Agent).values(language=language))

    desk.run(choose())


# `Any`: the options of Playwright's `new_context`.
def takes_look(page: Page, options: Mapping[str, Any]) -> None:
    """Its size and its colours, light unless they say dark."""
    page.emulate_media(color_scheme=options.get("color_scheme", "light"))
    page.set_viewport_size(options["viewport"])


def scroll_to(row: Locator) -> None:
    """At once: a row that is waited for until it moves no more may be replaced by then."""
    row.evaluate("row => row.scrollIntoView()")


def scroll_on(page: Page, count: int) -> None:
    """To the end of the list, until it has so many rows: rows get their height when they are
    seen, and push the end down."""
    page.wait_for_function(
        """count => {
            if (document.querySelectorAll("#rows .row").length >= count) return true;
            document.querySelector("#rows > li.more")?.scrollIntoView();
            return false;
        }""",
        arg=count,
        polling=100,
        timeout=PATIENCE_MS,
    )
    expect(page.locator("#rows .row")).to_have_count(count)
