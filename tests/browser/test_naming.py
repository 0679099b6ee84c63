"""Naming a colleague in a note by keyboard alone, and following the name; in every look."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import update

from bot.accounts.models import Agent
from bot.channel import InboundMessage
from tests.browser.inbox import opens, signed_in, takes_look
from tests.browser.live import LiveAgent, LiveDesk
from tests.browser.test_people import LOOKS, violations
from tests.desk import DESK

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def waits(desk: LiveDesk) -> str:
    """Somebody who asked for a person; their conversation's page."""

    async def write() -> str:
        inbound = InboundMessage("web", "t1", "t1", DESK, "t1:1", "en", "A person, please")
        return (await desk.parts.frontdesk.ask_for_human(inbound)).conversation

    return f"{desk.url}/inbox/conversations/{desk.run(write())}"


def hire(desk: LiveDesk, key: str, name: str) -> LiveAgent:
    """A colleague of this name."""
    agent = desk.agent(key)

    async def rename() -> None:
        async with desk.parts.db.write() as tx:
            named = update(Agent).where(Agent.name == key)
            await tx.session.execute(named.values(name=name))

    desk.run(rename())
    return desk.same(agent)


def test_a_colleague_is_named_and_found_by_keyboard_alone(
    chromium: Browser, live_desk: LiveDesk
) -> None:
    anna = live_desk.agent("Anna")
    for key, name in (("Lukasz", "Łukasz Żak"), ("Lis", "Piotr Lis"), ("Zych", "Piotr Zych")):
        hire(live_desk, key, name)
    place = waits(live_desk)
    page = signed_in(chromium, live_desk, anna)
    opens(page, place)
    note = page.locator("#note-text")
    page.locator(".note-box summary").focus()
    page.keyboard.press("Enter")
    note.focus()
    page.keyboard.type("write to x@lu.example, ")
    expect(page.locator("#finder")).to_have_count(0)
    page.keyboard.type("@lu")
    options = page.locator("#finder [role=option]")
    expect(options).to_have_count(1)
    expect(note).to_have_attribute("aria-activedescendant", "finder-0")
    assert violations(page) == []
    page.keyboard.press("Enter")
    expect(note).to_have_value("write to x@lu.example, @Łukasz Żak ")
    page.keyboard.type("and (@piotr")
    expect(options).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    expect(note).to_have_value("write to x@lu.example, @Łukasz Żak and (@Piotr Zych ")
    page.keyboard.type("@piotr l")
    expect(options).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("#finder")).to_have_count(0)
    page.keyboard.type("is")
    page.keyboard.press("Control+Enter")
    names = page.locator(".note a.mention")
    expect(names).to_have_text(["@Łukasz Żak", "@Piotr Zych", "@piotr lis"])
    names.nth(1).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#panel .colleague strong")).to_have_text("Piotr Zych")
    page.get_by_role("link", name="Ask a question").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#ask-whom option:checked")).to_contain_text("Piotr Zych")
    words = page.locator("#ask-words")
    words.focus()
    page.keyboard.type("Is it yours, @luk")
    expect(options).to_have_count(1)
    page.keyboard.press("Enter")
    expect(words).to_have_value("Is it yours, @Łukasz Żak ")


@pytest.mark.parametrize("look", LOOKS)
def test_every_look_is_accessible(
    chromium: Browser, live_desk: LiveDesk, shots: Path, look: str
) -> None:
    language, options = LOOKS[look]
    anna = live_desk.agent("Anna")
    piotr = hire(live_desk, "Piotr", "Piotr Lis")
    place = waits(live_desk)

    async def prepare() -> None:
        write = live_desk.parts.handoffs.note
        await write(anna._agent, place.rpartition("/")[2], "@Anna")
        notes = live_desk.parts.handling.notes
        await notes.write(piotr._agent, place.rpartition("/")[2], "@Anna, or @Piotr Lis?")
        await notes.write(anna._agent, place.rpartition("/")[2], "Rather @Piotr Lis <b>")
        async with live_desk.parts.db.write() as tx:
            await tx.session.execute(update(Agent).values(language=language))

    live_desk.run(prepare())
    page = signed_in(chromium, live_desk, anna)
    takes_look(page, options)
    opens(page, place)
    expect(page.locator(".note a.mention")).to_have_text(["@Anna", "@Piotr Lis"])
    page.locator(".note a.mention").last.click()
    expect(page.locator("#panel .colleague")).to_be_visible()
    page.screenshot(path=shots / f"naming-{look}.png")
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.locator(".note-box summary").click()
    page.locator("#note-text").press_sequentially("@p")
    expect(page.locator("#finder [role=option]")).to_have_count(1)
    page.screenshot(path=shots / f"naming-list-{look}.png")
    assert violations(page) == []
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0
