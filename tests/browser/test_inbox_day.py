"""An agent's day: twenty conversations, two agents, one lead, and not one mouse.

Anna and Piotr answer, Ola leads. What they do is done by keyboard alone; the customers are at the
widget's protocol. In the end every conversation is where it should be, nobody waits unseen, both
sides have read the same words, and the log says who did what.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from bot.audit.acts import Act
from bot.audit.models import AuditEntry
from bot.conversations.models import Conversation, Message
from bot.outbox.repository import count_by_status
from tests.browser.day import DESKS, SECRET, STAFF, Day
from tests.browser.day_afternoon import (
    everything_is_found,
    home_time,
    put_off_and_given_back,
    the_lead_steps_in,
    three_quick_ones,
    told_apart,
    undone_and_stopped,
)
from tests.browser.day_morning import (
    a_handoff_is_heard_and_answered,
    colleagues_help,
    handed_about,
    suggestions_and_saved_replies,
    the_lead_prepares,
)
from tests.browser.keyboard import Hands
from tests.browser.live import LiveDesk, open_live_desk

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]


@pytest.fixture
def day(chromium: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Day]:
    # As patient as the widget: the machine may be slow.
    monkeypatch.setattr("tests.faults.customer.PING_SECONDS", 10.0)
    monkeypatch.setattr("tests.faults.customer.PATIENCE_SECONDS", 20.0)
    path = tmp_path / "desks.toml"
    path.write_text(DESKS, "utf-8")
    with open_live_desk(tmp_path, desks_file=path) as desk:
        opened = Day(chromium, desk)
        try:
            yield opened
        finally:
            opened.street.closes()


def test_a_pointer_would_be_noticed(chromium: Browser, live_desk: LiveDesk) -> None:
    hands = Hands(chromium, live_desk.url)
    hands.page.goto(f"{live_desk.url}/inbox")
    hands.press("Tab", "Enter")
    hands.has_no_mouse()
    hands.page.mouse.click(10, 10)
    with pytest.raises(AssertionError):
        hands.has_no_mouse()
    hands.page.context.close()


def test_an_agents_day_by_keyboard_alone(day: Day, shots: Path) -> None:
    day.begins()
    the_lead_prepares(day)
    a_handoff_is_heard_and_answered(day, shots)
    suggestions_and_saved_replies(day)
    colleagues_help(day)
    handed_about(day)
    undone_and_stopped(day)
    put_off_and_given_back(day)
    told_apart(day)
    the_lead_steps_in(day)
    everything_is_found(day)
    three_quick_ones(day)
    home_time(day)
    assert len(day.street.customers) == 20
    nothing_waits(day)
    both_sides_agree(day)
    the_log_knows(day)
    for hands in (day.anna, day.piotr, day.ola):
        hands.leaves()


def nothing_waits(day: Day) -> None:
    """Everything is where it should be, and the lead sees it."""

    async def stored() -> dict[str, tuple[str, str | None]]:
        async with day.desk.parts.db.read() as session:
            found = await session.scalars(select(Conversation))
            held = ("with_agent", "snoozed")
            return {
                one.id: (str(one.status), one.agent_name if one.status in held else None)
                for one in found
            }

    assert day.desk.run(stored()) == day.ends
    assert len(day.ends) == 20
    day.ola.looks_at("queue", "g q")
    day.ola.sees("#list .nothing", "Nobody is waiting.")
    day.ola.looks_at("for_us", "g o")
    day.ola.sees("#list .nothing", "Nobody waits for a word from us.")
    expect(day.ola.page).to_have_title("Inbox")

    async def deliveries() -> dict[str, int]:
        async with day.desk.parts.db.read() as session:
            return dict(await count_by_status(session))

    left = {kind: count for kind, count in day.desk.run(deliveries()).items() if count}
    assert set(left) <= {"delivered"}, "nothing is on its way, nothing could not be delivered"


def both_sides_agree(day: Day) -> None:
    """What is stored, what the customer's page shows, and what the agents' does."""

    async def stored(conversation: str) -> list[tuple[int, str, str]]:
        async with day.desk.parts.db.read() as session:
            of_it = Message.conversation_id == conversation
            found = await session.scalars(select(Message).where(of_it).order_by(Message.seq))
            return [(one.seq, str(one.author_kind), one.text) for one in found]

    for customer in day.street.customers:
        assert customer.web.refusals == []
        for there in customer.conversations:
            lines = day.desk.run(stored(there))
            seen = [(line.seq, line.author, line.text) for line in customer.page(there)]
            assert seen == lines, "the customer's page has all of it, once, and nothing else"
            assert SECRET not in " ".join(text for *_, text in lines)
            shown = day.ola.page.evaluate(TRANSCRIPT, there)
            assert [(seq, author) for seq, author, _ in shown] == [line[:2] for line in lines]
            for (*_, words), (*_, text) in zip(shown, lines, strict=True):
                assert letters(words) == letters(text)


def letters(words: str) -> str:
    """Without spaces and marks, which a page shows as something else."""
    return re.sub(r"[\s*-]", "", words)


TRANSCRIPT = """async (id) => {
    const page = await (await fetch(`/inbox/conversations/${id}`)).text();
    const found = new DOMParser().parseFromString(page, "text/html");
    return [...found.querySelectorAll("#entries .message")].map((one) => [
        Number(one.id.slice(1)),
        [...one.classList].find((name) => name.startsWith("by-")).slice(3),
        one.querySelector(".words")?.textContent ?? "",
    ]);
}"""


def the_log_knows(day: Day) -> None:
    """Who did what with a conversation, and who signed in from where."""

    async def written() -> list[AuditEntry]:
        async with day.desk.parts.db.read() as session:
            return list(await session.scalars(select(AuditEntry)))

    entries = day.desk.run(written())
    done = [one for one in entries if one.conversation_id]
    assert day.did <= {(one.conversation_id, one.act.value, one.actor_name) for one in done}
    assert {one.address for one in done} == {"127.0.0.1"}
    came = [one for one in entries if one.act is Act.SIGNED_IN]
    assert {one.actor_name for one in came} == set(STAFF)
    assert {one.address for one in came} == {"127.0.0.1"}
    assert all("Chrome" in one.browser for one in came)
