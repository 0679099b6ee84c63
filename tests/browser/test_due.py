"""A deadline comes near in Chromium: who is concerned hears of it, once, and nobody else."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from bot.accounts.models import Agent
from bot.channel import InboundMessage
from bot.conversations.models import Conversation
from bot.inbox import live
from bot.targets.repository import clocks_of
from bot.timers.models import Timer
from tests.browser.inbox import opens, signed_in
from tests.browser.live import PATIENCE_MS, LiveAgent, LiveDesk, configured_desk
from tests.browser.test_duty import HEARD, customer_waits
from tests.desk import DESK

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
SETTINGS = f"""
[{DESK}]
name = {{ en = "Customer care", pl = "Obsługa klienta" }}
[{DESK}.targets]
first_response_minutes = 30
warn_at = 80
[it-help]
name = {{ en = "IT help", pl = "Pomoc IT" }}
"""
# A slow machine needs minutes for three laps.
DUE_SOON = re.compile(r"answer due in [2-5] min")
NEAR = "A deadline is near, or was missed."


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveDesk]:
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.5)
    with configured_desk(tmp_path, SETTINGS) as opened:
        yield opened


def of_it_help(desk: LiveDesk) -> LiveAgent:
    """Somebody of another desk."""

    async def hire() -> Agent:
        await desk.parts.accounts.add_agent("ida@example.com", "Ida", ["it-help"])
        async with desk.parts.db.read() as session:
            return (await session.scalars(select(Agent).where(Agent.name == "Ida"))).one()

    return LiveAgent(desk, desk.run(hire()))


def hears(page: Page, url: str) -> Page:
    """An inbox that sounds and notifies, and writes down what."""
    page.context.grant_permissions(["notifications"], origin=url)
    page.add_init_script(HEARD)
    opens(page, f"{url}/inbox?view=queue")
    menu = page.locator("[data-alerts]")
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    menu.get_by_label("Notifications of this browser").check()
    menu.locator("summary").press("Enter")
    return page


def passes(desk: LiveDesk, conversation: str, time: timedelta) -> None:
    """The conversation's clock has run for longer; what follows is the desk's own doing."""

    async def turn() -> None:
        async with desk.parts.db.write() as tx:
            there = await tx.session.get_one(Conversation, conversation)
            assert there.reply_due_at is not None
            there.reply_due_at -= time
            for clock in await clocks_of(tx.session, conversation):
                clock.began_at -= time
                clock.due_at -= time
            ours = select(Timer).where(Timer.conversation_id == conversation)
            for timer in await tx.session.scalars(ours):
                timer.due_at -= time

    desk.run(turn())


def shown(page: Page) -> list[str]:
    found: list[str] = page.evaluate("heard.shown")
    return found


def is_shown(page: Page, words: str, count: int = 1) -> None:
    page.wait_for_function(
        "([words, count]) => heard.shown.filter((one) => one.includes(words)).length === count",
        arg=[words, count],
        timeout=PATIENCE_MS,
    )


def test_who_has_it_hears_once_before_the_deadline(chromium: Browser, desk: LiveDesk) -> None:
    anna, piotr, ida = desk.agent("Anna"), desk.agent("Piotr"), of_it_help(desk)
    hers, his, of_it = (
        hears(signed_in(chromium, desk, one), desk.url) for one in (anna, piotr, ida)
    )
    opened = customer_waits(desk)
    is_shown(hers, "queue")
    is_shown(his, "queue")
    anna.claims()
    expect(his.locator("#rows .row")).to_have_count(0, timeout=PATIENCE_MS)
    hers.evaluate("heard.tones = 0")
    passes(desk, opened, timedelta(minutes=25))
    is_shown(hers, NEAR)
    assert hers.evaluate("heard.tones") == 3
    expect(hers.locator("#announcer")).to_have_text(NEAR)
    # What comes later has come to all of them: the deadline to none but her, and once.
    other = customer_waits(desk, "t2")
    asks_it(desk)
    for page, count in ((hers, 2), (his, 2), (of_it, 1)):
        is_shown(page, "queue", count)
    assert shown(hers).count(NEAR) == 1
    assert NEAR not in shown(his) + shown(of_it)
    # Whom nobody has taken concerns everybody of the desk.
    passes(desk, other, timedelta(minutes=25))
    is_shown(hers, NEAR, 2)
    is_shown(his, NEAR)
    asks_it(desk, "t4")
    is_shown(of_it, "queue", 2)
    assert NEAR not in shown(of_it)
    for page in (hers, his, of_it):
        page.context.close()


def asks_it(desk: LiveDesk, thread: str = "t3") -> None:
    inbound = InboundMessage("web", thread, thread, "it-help", f"{thread}:1", "en", "A person")
    desk.run(desk.parts.frontdesk.ask_for_human(inbound))


def test_two_tabs_of_one_browser_ring_once(chromium: Browser, desk: LiveDesk) -> None:
    anna = desk.agent("Anna")
    first = hears(signed_in(chromium, desk, anna), desk.url)
    second = hears(first.context.new_page(), desk.url)
    for lap in range(1, 4):
        passes(desk, customer_waits(desk, f"t{lap}"), timedelta(minutes=25))
        for page in (first, second):
            late = page.locator("#rows .row", has_text=DUE_SOON)
            expect(late).to_have_count(lap, timeout=PATIENCE_MS)
            expect(page.locator("#announcer")).to_have_text(NEAR, timeout=PATIENCE_MS)
            page.evaluate("document.getElementById('announcer').textContent = ''")
        for _ in range(PATIENCE_MS // 50):
            if (shown(first) + shown(second)).count(NEAR) >= lap:
                break
            first.wait_for_timeout(50)
        first.wait_for_timeout(300)  # the other one would ring as well by now
        assert (shown(first) + shown(second)).count(NEAR) == lap
    first.context.close()
