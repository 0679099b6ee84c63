"""An agent's browser on a live desk, signed in."""

from playwright.sync_api import Browser, Page
from sqlalchemy import update

from bot.accounts.models import Agent
from tests.browser.live import LiveAgent, LiveDesk


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
