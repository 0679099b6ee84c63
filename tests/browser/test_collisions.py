"""Two agents do the same thing in the same moment: both see what became of it, and nothing is lost.

The requests of both are held in the browser until both are under way, and let go together.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import select

from bot.accounts.models import Agent
from bot.accounts.permissions import Role
from bot.channel import InboundMessage
from bot.conversations.models import Conversation, Message, Note
from tests.browser.inbox import opens, signed_in
from tests.browser.live import PATIENCE_MS, LiveAgent, LiveDesk, open_live_desk
from tests.desk import DESK

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[LiveDesk]:
    with open_live_desk(tmp_path) as opened:
        yield opened


def customer_waits(desk: LiveDesk) -> str:
    """In the queue; the address of the conversation."""
    inbound = InboundMessage("web", "t1", "t1", DESK, "1", "en", "Where is my parcel?")
    desk.run(desk.parts.frontdesk.ask_for_human(inbound))
    return f"{desk.url}/inbox/conversations/{desk.conversation().id}"


def lead(desk: LiveDesk, name: str = "Ola") -> LiveAgent:
    async def hire() -> Agent:
        email = f"{name.lower()}@example.com"
        await desk.parts.accounts.add_agent(email, name, [DESK], role=Role.LEAD)
        async with desk.parts.db.read() as session:
            return (await session.scalars(select(Agent).where(Agent.name == name))).one()

    return LiveAgent(desk, desk.run(hire()))


def said(desk: LiveDesk, author: str = "agent") -> list[str]:
    async def read() -> list[str]:
        async with desk.parts.db.read() as session:
            of_them = select(Message).where(Message.author_kind == author).order_by(Message.seq)
            return [one.text for one in await session.scalars(of_them)]

    return desk.run(read())


def there(desk: LiveDesk) -> tuple[str, str | None]:
    """Status and owner of the newest conversation."""
    found: Conversation = desk.conversation()
    return str(found.status), found.agent_name


@contextmanager
def in_one_moment(path: str, *pages: Page) -> Iterator[None]:
    """What the block sets off on these pages leaves when all of it is under way."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    for page in pages:
        page.route(path, hold)
    yield
    for page in pages:
        while not any(route.request.frame.page is page for route in held):
            page.wait_for_timeout(20)  # which also lets the routes come in
    for route in held:
        route.continue_()
    for page in pages:
        page.unroute(path)


def test_of_two_who_claim_at_once_one_has_it_and_the_other_sees_who(
    chromium: Browser, desk: LiveDesk
) -> None:
    anna, piotr = desk.agent("Anna"), desk.agent("Piotr")
    address = customer_waits(desk)
    pages = {"Anna": signed_in(chromium, desk, anna), "Piotr": signed_in(chromium, desk, piotr)}
    for page in pages.values():
        opens(page, address)
    with in_one_moment("**/claim", *pages.values()):
        for page in pages.values():
            page.keyboard.press("c")
    for page in pages.values():
        expect(page.locator(".head .badge").first).to_contain_text("agent", timeout=PATIENCE_MS)
    status, winner = there(desk)
    assert status == "with_agent"
    assert winner is not None
    loser = ({*pages} - {winner}).pop()
    expect(pages[winner].locator("#reply-text")).to_be_visible(timeout=PATIENCE_MS)
    expect(pages[loser].locator("#alert")).to_contain_text("changed hands", timeout=PATIENCE_MS)
    expect(pages[loser].locator(".head .badge").first).to_contain_text(winner, timeout=PATIENCE_MS)
    expect(pages[loser].locator("#reply-text, #do-claim")).to_have_count(0)
    joined = [words for words in said(desk, "system") if "has joined" in words]
    assert joined == [f"{winner} has joined the conversation."]
    for page in pages.values():
        page.context.close()


def test_who_is_too_late_is_told_also_when_the_news_are_quicker_than_the_refusal(
    chromium: Browser, desk: LiveDesk
) -> None:
    anna, piotr = desk.agent("Anna"), desk.agent("Piotr")
    address = customer_waits(desk)
    page = signed_in(chromium, desk, piotr)
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(fault.message))
    opens(page, address)
    held: list[Route] = []
    page.route("**/claim", lambda route: held.append(route))
    page.keyboard.press("c")
    while not held:
        page.wait_for_timeout(20)
    anna.claims()
    badge = page.locator(".head .badge").first
    expect(badge).to_contain_text("Anna", timeout=PATIENCE_MS)
    expect(page.locator("#do-claim")).to_have_count(0)
    held[0].continue_()
    alert = page.locator("#alert")
    expect(alert).to_contain_text("changed hands", timeout=PATIENCE_MS)
    expect(alert.get_by_role("link", name="Reload")).to_be_visible()
    alert.get_by_role("button", name="Dismiss").click()
    expect(alert).to_be_empty()
    assert faults == []
    page.context.close()


def test_one_draft_that_is_sent_from_two_tabs_at_once_is_one_reply(
    chromium: Browser, desk: LiveDesk
) -> None:
    anna = desk.agent("Anna")
    address = customer_waits(desk)
    anna.claims()
    one = signed_in(chromium, desk, anna)
    opens(one, address)
    two = one.context.new_page()
    opens(two, address)
    with one.expect_response(lambda got: got.url.endswith("/draft") and got.ok):
        one.locator("#reply-text").press_sequentially("It comes tomorrow")
    expect(two.locator("#reply-text")).to_have_value("It comes tomorrow", timeout=PATIENCE_MS)
    with in_one_moment("**/reply", one, two):
        for page in (one, two):
            page.locator("#reply-text").press("Enter")
    for page in (one, two):
        expect(page.locator("#reply-text")).to_have_value("", timeout=PATIENCE_MS)
        expect(page.locator("#entries .by-agent")).to_have_count(1, timeout=PATIENCE_MS)
    assert said(desk) == ["It comes tomorrow"]
    # The same words once more are another reply.
    one.locator("#reply-text").press_sequentially("It comes tomorrow")
    one.locator("#reply-text").press("Enter")
    expect(two.locator("#entries .by-agent")).to_have_count(2, timeout=PATIENCE_MS)
    assert said(desk) == ["It comes tomorrow"] * 2
    one.context.close()


def test_a_reply_while_the_lead_takes_over_is_sent_or_kept_and_said(
    chromium: Browser, desk: LiveDesk
) -> None:
    anna, ola = desk.agent("Anna"), lead(desk)
    address = customer_waits(desk)
    anna.claims()
    page, other = signed_in(chromium, desk, anna), signed_in(chromium, desk, ola)
    opens(page, address)
    opens(other, address)
    with page.expect_response(lambda got: got.url.endswith("/draft") and got.ok):
        page.locator("#reply-text").press_sequentially("It comes tomorrow")
    other.keyboard.press("h")
    other.locator("#hand-over-to").select_option(label="Ola (you take over)")
    with in_one_moment("**/{reply,hand_over}", page, other):
        page.locator("#reply-text").press("Enter")
        other.locator("#hand-over-note").press("Control+Enter")
    expect(other.locator(".head .badge").first).to_contain_text("you", timeout=PATIENCE_MS)
    assert there(desk) == ("with_agent", "Ola")
    if said(desk):  # it was the first of the two
        assert said(desk) == ["It comes tomorrow"]
    else:
        expect(page.locator("#alert")).to_contain_text("Your text is kept", timeout=PATIENCE_MS)
        expect(page.locator("#reply-text")).to_have_value("It comes tomorrow")
        page.reload()
        expect(page.locator(".unsent")).to_contain_text("It comes tomorrow")
    expect(page.locator(".head .badge").first).to_contain_text("Ola", timeout=PATIENCE_MS)
    page.context.close()
    other.context.close()


def test_who_types_while_a_colleague_closes_loses_no_word(
    chromium: Browser, desk: LiveDesk, shots: Path
) -> None:
    anna, ola = desk.agent("Anna"), lead(desk)
    address = customer_waits(desk)
    anna.claims()
    page = signed_in(chromium, desk, anna)
    opens(page, address)
    with page.expect_response(lambda got: got.url.endswith("/draft") and got.ok):
        page.locator("#reply-text").press_sequentially("Dear Ola, it")
    now = desk.conversation()
    transfers = desk.parts.handling.transfers
    desk.run(transfers.to_agent(ola._agent, now.id, epoch=now.epoch, to_id=ola._agent.id))
    ola.closes()
    expect(page.locator(".head .badge.is-closed")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator(".head")).to_contain_text("changed hands")
    field = page.locator("#reply-text")
    expect(field).to_have_value("Dear Ola, it")
    field.press_sequentially(" comes tomorrow")
    field.press("Enter")
    expect(page.locator("#alert")).to_contain_text("Your text is kept", timeout=PATIENCE_MS)
    expect(field).to_have_value("Dear Ola, it comes tomorrow")
    assert said(desk) == []
    with page.expect_response(lambda got: got.url.endswith("/draft") and got.ok):
        field.press_sequentially("!")
    page.reload()
    expect(page.locator(".unsent")).to_contain_text("Dear Ola, it comes tomorrow!")
    page.screenshot(path=shots / "collision-closed.png")
    closed = [words for words in said(desk, "system") if "is closed" in words]
    assert len(closed) == 1, "there is never a second closing message"
    page.context.close()


def test_of_two_who_close_and_claim_at_once_one_is_told(chromium: Browser, desk: LiveDesk) -> None:
    anna, piotr = desk.agent("Anna"), desk.agent("Piotr")
    address = customer_waits(desk)
    one, two = signed_in(chromium, desk, anna), signed_in(chromium, desk, piotr)
    for page in (one, two):
        opens(page, address)
        page.on("dialog", lambda dialog: dialog.accept())
    with in_one_moment("**/{claim,close}", one, two):
        one.keyboard.press("e")
        two.keyboard.press("c")
    pages = {"closed": two, "with_agent": one}  # who came too late
    for _ in range(PATIENCE_MS // 50):
        status, owner = there(desk)
        if status in pages:
            break
        one.wait_for_timeout(50)
    told = pages[status]
    expect(told.locator("#alert")).to_contain_text("changed hands", timeout=PATIENCE_MS)
    closings = [words for words in said(desk, "system") if "is closed" in words]
    joins = [words for words in said(desk, "system") if "has joined" in words]
    assert (len(closings), len(joins)) == ((1, 0) if status == "closed" else (0, 1))
    assert owner == (None if status == "closed" else "Piotr")
    for page in (one, two):
        page.context.close()


def test_of_two_who_close_at_once_one_hears_that_it_is_closed(
    chromium: Browser, desk: LiveDesk
) -> None:
    agents = [desk.agent("Anna"), desk.agent("Piotr")]
    address = customer_waits(desk)
    pages = [signed_in(chromium, desk, agent) for agent in agents]
    for page in pages:
        opens(page, address)
        page.on("dialog", lambda dialog: dialog.accept())
    with in_one_moment("**/close", *pages):
        for page in pages:
            page.keyboard.press("e")
    told = "changed hands"
    for page in pages:
        expect(page.locator(".head .badge.is-closed")).to_be_visible(timeout=PATIENCE_MS)
    for _ in range(PATIENCE_MS // 50):
        alerts = [page.locator("#alert").inner_text() for page in pages]
        if any(told in words for words in alerts):
            break
        pages[0].wait_for_timeout(50)
    assert sorted(told in words for words in alerts) == [False, True]
    closings = [words for words in said(desk, "system") if "is closed" in words]
    assert len(closings) == 1
    for page in pages:
        page.context.close()


def test_what_came_in_at_the_click_is_read_before_it_is_closed(
    chromium: Browser, desk: LiveDesk
) -> None:
    address = customer_waits(desk)
    page = signed_in(chromium, desk, desk.agent("Anna"))
    opens(page, address)
    page.on("dialog", lambda dialog: dialog.accept())
    held: list[Route] = []
    is_held = True  # the page does not have it yet

    def hold(route: Route) -> None:
        if is_held:
            held.append(route)
        else:
            route.continue_()

    page.route("**/news?*", hold)
    more = InboundMessage("web", "t1", "t1", DESK, "2", "en", "And one more thing")
    desk.run(desk.parts.frontdesk.receive_customer_message(more))
    page.keyboard.press("e")
    expect(page.locator("#alert")).to_contain_text("was not closed", timeout=PATIENCE_MS)
    assert there(desk)[0] == "queued"
    is_held = False
    for route in held:
        route.continue_()
    expect(page.locator("#entries")).to_contain_text("one more thing", timeout=PATIENCE_MS)
    expect(page.locator("[id^=cursor-] [name=read]")).to_have_value(
        str(len(said(desk, "customer") + said(desk, "system") + said(desk, "bot"))),
        timeout=PATIENCE_MS,
    )
    page.keyboard.press("e")
    expect(page.locator(".head .badge.is-closed")).to_be_visible(timeout=PATIENCE_MS)
    page.context.close()


def test_two_notes_in_one_moment_are_two_notes(chromium: Browser, desk: LiveDesk) -> None:
    agents = [desk.agent("Anna"), desk.agent("Piotr")]
    address = customer_waits(desk)
    pages = [signed_in(chromium, desk, agent) for agent in agents]
    for number, page in enumerate(pages):
        opens(page, address)
        page.keyboard.press("n")
        page.locator("#note-text").press_sequentially(f"Note {number}")
    with in_one_moment("**/note", *pages):
        for page in pages:
            page.locator("#note-text").press("Enter")
    for page in pages:
        expect(page.locator("#entries .note")).to_have_count(2, timeout=PATIENCE_MS)

    async def written() -> list[str]:
        async with desk.parts.db.read() as session:
            return sorted(one.text for one in await session.scalars(select(Note)))

    assert desk.run(written()) == ["Note 0", "Note 1"]
    for page in pages:
        page.context.close()
