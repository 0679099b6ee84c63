"""What others bring to an agent, in Chromium: it rings, and page and menu tell until they look."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect
from sqlalchemy import update

from bot.clock import now
from bot.conversations.models import Conversation
from bot.inbox import live
from bot.timers.models import Timer
from tests.browser.inbox import everybody_speaks, opens, signed_in
from tests.browser.live import PATIENCE_MS, LiveAgent, LiveDesk, open_live_desk
from tests.browser.test_accessible import AXE_OPTIONS, PHONE
from tests.browser.test_due import hears, is_shown, shown
from tests.browser.test_duty import customer_waits

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
GIVEN = "You were given a conversation."
BACK = "A conversation that you had put off is back."
NAMED = "A colleague names you in a note."


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveDesk]:
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.5)
    with open_live_desk(tmp_path) as opened:
        yield opened


def hands_over(desk: LiveDesk, giver: LiveAgent, to: LiveAgent) -> None:
    there = desk.conversation()
    transfers = desk.parts.handling.transfers
    given = transfers.to_agent(giver._agent, there.id, epoch=there.epoch, to_id=to._agent.id)
    desk.run(given)


def wakes(desk: LiveDesk, agent: LiveAgent) -> None:
    """The agent puts it off, and that time is over."""

    async def turn() -> None:
        there = await desk.parts.db.attempt(lambda tx: tx.session.get_one(Conversation, opened))
        await desk.parts.handoffs.snooze(agent._agent, opened, epoch=there.epoch, choice="hour")
        async with desk.parts.db.write() as tx:
            over = now() - timedelta(seconds=1)
            await tx.session.execute(update(Timer).values(due_at=over))
            await tx.session.execute(update(Conversation).values(due_at=over))
        await desk.parts.timers.sweep()

    opened = desk.conversation().id
    desk.run(turn())


def test_what_others_bring_rings_and_is_told_until_it_is_seen(
    chromium: Browser, desk: LiveDesk
) -> None:
    anna, piotr = desk.agent("Anna"), desk.agent("Piotr")
    opened = customer_waits(desk)
    anna.claims()
    page = hears(signed_in(chromium, desk, piotr), desk.url)
    expect(page).to_have_title("Inbox")
    page.evaluate("heard.tones = 0")
    hands_over(desk, anna, piotr)
    is_shown(page, GIVEN)
    assert page.evaluate("heard.tones") == 2
    expect(page).to_have_title("1 for you · Inbox")
    expect(page.locator("#announcer")).to_have_text(GIVEN)
    page.goto(f"{desk.url}/inbox/conversations/{opened}")
    expect(page).to_have_title("Inbox")
    opens(page, f"{desk.url}/inbox?view=mine")
    wakes(desk, piotr)
    is_shown(page, BACK)
    expect(page).to_have_title("1 for you · Inbox")
    assert shown(page) == [BACK]
    page.context.close()


@pytest.mark.parametrize("look", ["light", "dark", "phone", "polish"])
def test_a_note_that_names_somebody_shows_on_the_closed_menu(
    chromium: Browser, desk: LiveDesk, shots: Path, look: str
) -> None:
    anna, piotr = desk.agent("Anna"), desk.agent("Piotr")
    opened = customer_waits(desk)
    anna.claims()
    page = hears(signed_in(chromium, desk, piotr), desk.url)
    if look == "dark":
        page.emulate_media(color_scheme="dark")
    if look == "phone":
        page.set_viewport_size(PHONE["viewport"])
    page.evaluate("heard.tones = 0")
    desk.run(desk.parts.handling.notes.write(anna._agent, opened, "@Piotr, look"))
    is_shown(page, NAMED)
    assert page.evaluate("heard.tones") == 2
    words = "1 conversation with a new note that names you"
    if look == "polish":
        everybody_speaks(desk, "pl")
        page.reload()
        words = "1 rozmowa z nową notatką, która o Tobie wspomina"
    expect(page).to_have_title(
        "Dla Ciebie: 1 · Skrzynka" if look == "polish" else "1 for you · Inbox"
    )
    summary = page.locator("#tabs summary")
    expect(summary).to_contain_text(words)
    summary.click()
    expect(page.locator("#tab-mentions")).to_contain_text(words)
    page.screenshot(path=shots / f"for-me-{look}.png")
    found = Axe().run(page, context={"include": [["#tabs"]]}, options=AXE_OPTIONS)
    problems = found.response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in problems] == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.locator("#tab-mentions").click()
    page.locator(f"#row-{opened}").click()
    expect(page.locator("#tabs summary .is-hot")).to_have_count(0, timeout=PATIENCE_MS)
    expect(page).to_have_title("Skrzynka" if look == "polish" else "Inbox")
    page.context.close()
