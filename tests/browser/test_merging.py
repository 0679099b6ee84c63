"""Two customers become one person, and two again: by keyboard alone, in every look, with axe."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update

from bot.accounts.models import Agent
from bot.accounts.permissions import Role
from bot.channel import InboundMessage
from bot.conversations.models import Conversation, Customer
from tests.browser.inbox import opens, signed_in, takes_look
from tests.browser.live import LiveDesk
from tests.browser.test_people import LOOKS, violations
from tests.desk import DESK

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def waits(desk: LiveDesk, thread: str, channel: str, **columns: str) -> tuple[str, str]:
    """Somebody who asked for a person: the conversation and the customer."""

    async def write() -> tuple[str, str]:
        inbound = InboundMessage(
            channel=channel,
            thread=thread,
            customer=thread,
            desk=DESK,
            external_id=f"{thread}:1",
            language="en",
            text="A person, please",
        )
        receipt = await desk.parts.frontdesk.ask_for_human(inbound)
        async with desk.parts.db.write() as tx:
            there = await tx.session.get_one(Conversation, receipt.conversation)
            customer = await tx.session.get_one(Customer, there.customer_id)
            for name, value in columns.items():
                setattr(customer, name, value)
            return there.id, customer.id

    return desk.run(write())


def lead(chromium: Browser, desk: LiveDesk, language: str = "en") -> Page:
    ola = desk.agent("Ola")

    async def promote() -> None:
        async with desk.parts.db.write() as tx:
            await tx.session.execute(update(Agent).values(role=Role.LEAD, language=language))

    desk.run(promote())
    return signed_in(chromium, desk, ola)


def anna_twice(desk: LiveDesk) -> tuple[str, str]:
    """The same person in the widget and in Slack; their conversations."""
    first, _ = waits(desk, "a", "web", name="Anna Nowak", email="anna@example.com")
    second, _ = waits(desk, "b", "slack", name="Ania", phone="600 700 800")
    return first, second


def test_two_are_put_together_and_taken_apart_by_keyboard_alone(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    first, second = anna_twice(live_desk)
    page = lead(chromium, live_desk)
    opens(page, f"{live_desk.url}/inbox/conversations/{first}")
    page.get_by_role("link", name="All about this customer").focus()
    page.keyboard.press("Enter")
    heading = page.locator("h1#customer")
    expect(heading).to_have_text("Anna Nowak")
    page.locator("#merge").focus()
    page.keyboard.press("Enter")
    expect(heading).to_have_text("Who is the same person as Anna Nowak?")
    expect(heading).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#who")).to_be_focused()
    page.keyboard.type("ania")
    page.keyboard.press("Enter")
    found = page.locator(".members").get_by_role("link", name="Ania")
    expect(found).to_be_visible()
    found.focus()
    page.keyboard.press("Enter")
    expect(heading).to_have_text("Put two customers together")
    expect(heading).to_be_focused()
    page.keyboard.press("Tab")
    keep = page.get_by_role("radio", name="Anna Nowak").first
    expect(keep).to_be_focused()
    expect(keep).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    name = page.get_by_role("group", name="Which name is shown?")
    expect(name.get_by_role("radio", name="Ania")).to_be_checked()
    page.locator("#do-merge").focus()
    page.keyboard.press("Enter")
    expect(heading).to_have_text("Ania")
    expect(page.locator(".timeline li")).to_have_count(2)
    expect(page.locator("#rows .row-who")).to_contain_text(["Ania", "Ania"])
    page.get_by_role("button", name="Take apart: Ania").focus()
    page.keyboard.press("Enter")
    expect(heading).to_have_text("Anna Nowak")
    expect(page.locator(".timeline li")).to_have_count(1)
    expect(page.locator(f"#row-{second}")).to_contain_text("Ania")
    expect(page.locator(f"#row-{first}")).to_contain_text("Anna Nowak")


@pytest.mark.parametrize("look", LOOKS)
def test_every_look_is_accessible(
    chromium: Browser, live_desk: LiveDesk, shots: Path, look: str
) -> None:
    language, options = LOOKS[look]
    first, _ = anna_twice(live_desk)
    page = lead(chromium, live_desk, language)
    takes_look(page, options)

    def looks_well(name: str) -> None:
        page.screenshot(path=shots / f"merging-{name}-{look}.png", full_page=True)
        assert violations(page) == [], name
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, name

    opens(page, f"{live_desk.url}/inbox/conversations/{first}")
    customer = live_desk.run(customer_of(live_desk, first))
    page.goto(f"{live_desk.url}/inbox/customers/{customer}")
    looks_well("alone")
    page.goto(f"{live_desk.url}/inbox/customers/{customer}/merge?who=ania")
    looks_well("found")
    page.locator(".members a").first.click()
    expect(page.locator("#do-merge")).to_be_visible()
    looks_well("compared")
    page.locator("#do-merge").click()
    expect(page.locator(".timeline li")).to_have_count(2)
    looks_well("together")
    opens(page, f"{live_desk.url}/inbox/conversations/{first}")
    expect(page.locator("#evidence .notice").first).to_be_attached()
    looks_well("card")


async def customer_of(desk: LiveDesk, conversation: str) -> str:
    async with desk.parts.db.read() as session:
        return (await session.get_one(Conversation, conversation)).customer_id
