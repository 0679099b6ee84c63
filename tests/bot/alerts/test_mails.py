"""Agents who do not look are mailed what waits for them: once, when they want it, and no words."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import update

from bot.accounts.models import Agent
from bot.accounts.standing import State
from bot.alerts.rules import Choice, Kind, Way, When
from bot.clock import now
from bot.conversations import repository as conversations
from bot.handoff.service import Reply
from tests.bot.alerts.telling import (
    PATIENCE,
    TEXT,
    customer_waits,
    hands_over,
    later,
    listener,
    looks,
    mailing_desk,
    outcomes,
    rows,
    wants,
)
from tests.bot.assignment.desks import comes
from tests.desk import TestDesk, open_desk
from tests.smtp_server import Postbox

pytestmark = pytest.mark.asyncio
Clock = time_machine.Traveller


async def claims(desk: TestDesk, agent: Agent, conversation: str) -> None:
    epoch = (await desk.conversation(conversation)).epoch
    await desk.handoffs.claim(agent, conversation, epoch=epoch)


async def test_nobody_is_told_who_did_not_choose_it(
    desk: TestDesk, clock: Clock, postbox: Postbox
) -> None:
    anna = await comes(desk, "Anna")
    await customer_waits(desk)
    assert await later(desk, clock, anna) == 0
    assert await rows(desk) == []


async def test_a_customer_who_waits_is_mailed_to_who_does_not_look(
    desk: TestDesk, clock: Clock, postbox: Postbox
) -> None:
    anna = await listener(desk)
    conversation = await customer_waits(desk)
    assert await later(desk, clock, anna, by=PATIENCE - timedelta(seconds=1)) == 0
    assert await later(desk, clock, anna, by=timedelta(minutes=2)) == 1
    [mail] = postbox.mails
    assert postbox.recipients == [["anna@example.com"]]
    assert mail["Subject"] == "A customer waits in the queue: Care"
    assert mail["Auto-Submitted"] == "auto-generated"
    words = mail.get_content()
    assert f"https://desk.acme.example/inbox/conversations/{conversation}" in words.splitlines()
    assert "Desk: Care" in words
    assert "Waiting: 2 minutes" in words
    assert "https://desk.acme.example/inbox/alerts" in words
    assert "Topic: Charged twice" in words
    for said in (TEXT, "A person!", "I see"):
        assert said not in words, "never what anybody wrote"


async def test_a_mail_is_in_the_agents_language(
    desk: TestDesk, clock: Clock, postbox: Postbox
) -> None:
    anna = await listener(desk, language="pl")
    await customer_waits(desk)
    await later(desk, clock, anna, by=timedelta(minutes=3))
    [mail] = postbox.mails
    assert mail["Subject"] == "Klient czeka w kolejce: Klienci"
    assert "Dzień dobry, Anna!" in mail.get_content()
    assert "Czeka: 3 minuty" in mail.get_content()


async def test_who_looked_or_whom_a_colleague_spared_it_gets_none(
    desk: TestDesk, clock: Clock, postbox: Postbox
) -> None:
    anna, piotr = await listener(desk), await listener(desk, "Piotr")
    conversation = await customer_waits(desk)
    await looks(desk, anna, conversation)
    await later(desk, clock, anna, piotr)
    assert postbox.recipients == [["piotr@example.com"]]
    other = await customer_waits(desk, "t2")
    await claims(desk, piotr, other)
    assert await later(desk, clock, anna, piotr) == 3, "of both, and of Piotr's own claim"
    assert len(postbox.mails) == 1


async def test_a_conversation_that_is_given_is_mailed_and_ones_own_claim_is_not(
    desk: TestDesk, clock: Clock, postbox: Postbox
) -> None:
    anna, piotr = await listener(desk), await listener(desk, "Piotr")
    conversation = await customer_waits(desk)
    await claims(desk, anna, conversation)
    await later(desk, clock, anna, piotr)
    assert postbox.mails == []
    await hands_over(desk, anna, conversation, piotr)
    await later(desk, clock, anna, piotr)
    assert postbox.recipients == [["piotr@example.com"]]
    assert postbox.mails[0]["Subject"] == "A conversation is yours and waits for you"


async def test_who_is_given_an_answered_conversation_hears_of_it_and_who_has_it_does_not(
    desk: TestDesk, clock: Clock, postbox: Postbox
) -> None:
    anna, piotr = await listener(desk), await listener(desk, "Piotr")
    conversation = await customer_waits(desk)
    await claims(desk, anna, conversation)
    await looks(desk, anna, conversation)
    await later(desk, clock, anna, piotr)
    for words in ("One moment.", "Done."):
        epoch = (await desk.conversation(conversation)).epoch
        await desk.handoffs.reply(anna, conversation, Reply(words, epoch, words))
        if words == "One moment.":
            await desk.customer_says("Thanks")
    assert await later(desk, clock, anna, piotr) == 0, "hers all the time"
    await hands_over(desk, anna, conversation, piotr)
    assert await later(desk, clock, anna, piotr) == 1
    assert postbox.recipients == [["piotr@example.com"]]


async def test_of_one_thing_there_is_one_mail_until_the_agent_has_looked(
    desk: TestDesk, clock: Clock, postbox: Postbox
) -> None:
    anna, piotr = await listener(desk), await comes(desk, "Piotr")
    await wants(desk, anna, frozenset({Kind.ASSIGNED}))
    conversation = await customer_waits(desk)
    for _ in range(3):
        await hands_over(desk, piotr, conversation, anna)
        await later(desk, clock, anna, piotr)
        await desk.parts.handoffs.release(
            anna, conversation, epoch=(await desk.conversation(conversation)).epoch
        )
    assert len(postbox.mails) == 1
    await looks(desk, anna, conversation)
    await hands_over(desk, piotr, conversation, anna)
    await later(desk, clock, anna, piotr)
    assert len(postbox.mails) == 2
    ids = [mail["Message-ID"] for mail in postbox.mails]
    assert len(set(ids)) == 2
    assert len(await rows(desk)) == 1


async def test_a_mention_is_mailed_once_until_it_was_seen(
    desk: TestDesk, clock: Clock, postbox: Postbox
) -> None:
    anna, piotr = await listener(desk), await comes(desk, "Piotr")
    await wants(desk, anna, frozenset({Kind.MENTION}))
    conversation = await customer_waits(desk)
    await looks(desk, anna, conversation)
    write = desk.parts.handling.notes.write
    for _ in range(2):
        await write(piotr, conversation, "@Anna, our secret is xyzzy")
        await later(desk, clock, anna, piotr)
    [mail] = postbox.mails
    assert mail["Subject"] == "Piotr names you in a note"
    assert "xyzzy" not in mail.get_content()
    await looks(desk, anna, conversation)
    await write(piotr, conversation, "@Anna, once more")
    await looks(desk, anna, conversation)
    await later(desk, clock, anna, piotr)
    assert len(postbox.mails) == 1, "she saw it"
    await desk.parts.handling.notes.ask(piotr, conversation, anna.id, "And this?")
    await later(desk, clock, anna, piotr)
    assert len(postbox.mails) == 2


async def test_a_deadline_that_comes_near_is_mailed_at_once(
    desk: TestDesk, clock: Clock, postbox: Postbox
) -> None:
    anna, piotr = await listener(desk), await listener(desk, "Piotr")
    conversation = await customer_waits(desk)
    await claims(desk, anna, conversation)
    await looks(desk, anna, conversation)
    await later(desk, clock, anna, piotr, by=timedelta(minutes=50))
    assert postbox.mails == []
    assert await desk.parts.timers.sweep()
    await later(desk, clock, anna, piotr, by=timedelta(0))
    assert postbox.recipients == [["anna@example.com"]], "it is hers alone"
    [mail] = postbox.mails
    assert mail["Subject"] == "A deadline comes near: Care"
    assert "Answer due: Wednesday, 11:30" in mail.get_content()


async def test_who_has_the_conversation_open_needs_no_mail_about_its_deadline(
    desk: TestDesk, clock: Clock, postbox: Postbox
) -> None:
    anna = await listener(desk)
    await wants(desk, anna, frozenset({Kind.NEAR}))
    conversation = await customer_waits(desk)
    clock.shift(timedelta(minutes=50))
    await desk.parts.writing.viewers.here(anna, conversation)
    await desk.parts.timers.sweep()
    await later(desk, clock, anna, by=timedelta(0))
    assert await outcomes(desk) == {"near": ("dropped", "seen")}


@pytest.mark.parametrize(
    ("state", "is_open", "when", "is_told"),
    [
        (State.ONLINE, False, When.HERE, False),
        (State.ONLINE, False, When.OPEN, True),
        (State.OFFLINE, True, When.OPEN, False),
        (State.BREAK, True, When.HERE, False),
        (State.AWAY, True, When.HERE, True),
        (State.OFFLINE, False, When.ALWAYS, True),
    ],
)
async def test_hours_are_kept(
    desk: TestDesk,
    clock: Clock,
    postbox: Postbox,
    state: State,
    is_open: bool,
    when: When,
    is_told: bool,
) -> None:
    anna = await listener(desk, presence=state)
    await wants(desk, anna, when=when)
    await customer_waits(desk)
    await later(desk, clock, *([anna] if is_open else []), by=timedelta(minutes=5))
    assert bool(postbox.mails) is is_told
    outcome = ("sent", None) if is_told else ("dropped", "quiet")
    assert await outcomes(desk) == {"waiting": outcome}


async def test_after_hours_a_closed_inbox_is_left_alone(
    desk: TestDesk, clock: Clock, postbox: Postbox
) -> None:
    anna = await listener(desk)
    await wants(desk, anna, when=When.OPEN)
    clock.shift(timedelta(hours=8))
    await customer_waits(desk)
    await later(desk, clock, by=timedelta(minutes=5))
    assert await outcomes(desk) == {"waiting": ("dropped", "quiet")}


async def test_what_was_chosen_last_counts(desk: TestDesk, clock: Clock, postbox: Postbox) -> None:
    anna, piotr = await listener(desk), await listener(desk, "Piotr")
    await customer_waits(desk)
    await desk.parts.alerts.choose(anna.id, Way.MAIL, Choice())
    async with desk.db.write() as tx:
        gone = update(Agent).where(Agent.id == piotr.id).values(disabled_at=now())
        await tx.session.execute(gone)
    await later(desk, clock, anna, piotr)
    assert postbox.mails == []
    assert {row.problem for row in await rows(desk)} == {"not_chosen", "no_account"}


async def test_nobody_hears_of_desks_that_are_not_theirs(
    desk: TestDesk, clock: Clock, postbox: Postbox
) -> None:
    anna = await listener(desk, desks=["it-help"])
    await customer_waits(desk)
    await later(desk, clock, anna)
    assert await rows(desk) == []


async def test_a_mail_that_fails_is_tried_again_and_the_agent_sees_it(
    desk: TestDesk, clock: Clock, postbox: Postbox
) -> None:
    anna = await listener(desk)
    conversation = await customer_waits(desk)
    postbox.data_refusal = "451 Later"
    await later(desk, clock, anna)
    [trouble] = await desk.parts.alerts.troubles(anna.id, Way.MAIL)
    assert (trouble.kind, trouble.conversation) == (Kind.WAITING, conversation)
    assert (trouble.problem, trouble.is_tried) == ("SMTPDataError 451", True)
    postbox.data_refusal = None
    await later(desk, clock, anna, by=timedelta(seconds=6))
    assert len(postbox.mails) == 1
    assert await desk.parts.alerts.troubles(anna.id, Way.MAIL) == []
    postbox.refusal = "550 No such user"
    await customer_waits(desk, "t2")
    await later(desk, clock, anna)
    [trouble] = await desk.parts.alerts.troubles(anna.id, Way.MAIL)
    assert (trouble.problem, trouble.is_tried) == ("recipient: [550]", False)


async def test_after_an_hour_without_a_mail_server_it_is_no_news(
    desk: TestDesk, clock: Clock, postbox: Postbox
) -> None:
    anna = await listener(desk)
    await customer_waits(desk)
    postbox.data_refusal = "451 Later"
    for _ in range(8):
        await later(desk, clock, anna, by=timedelta(minutes=10))
    assert await outcomes(desk) == {"waiting": ("dead", "SMTPDataError 451")}


async def test_what_is_rolled_back_is_told_to_nobody(
    desk: TestDesk, clock: Clock, postbox: Postbox
) -> None:
    anna = await listener(desk)
    conversation = await customer_waits(desk)

    async def named_and_failed() -> None:
        async with desk.db.write() as tx:
            found = await conversations.lock_conversation(tx.session, conversation)
            assert found is not None
            await desk.parts.alerts.booking.mentioned(tx, found, anna.id)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await named_and_failed()
    assert [row.kind for row in await rows(desk)] == ["waiting"]


async def test_a_desk_without_mail_books_nothing(tmp_path: Path, clock: Clock) -> None:
    async with open_desk(tmp_path) as desk:
        anna = await listener(desk)
        await customer_waits(desk)
        assert await later(desk, clock, anna) == 0
        assert await rows(desk) == []


async def test_a_conversation_that_is_given_at_once_is_no_queues_news(
    tmp_path: Path, clock: Clock, postbox: Postbox
) -> None:
    async with mailing_desk(tmp_path, postbox.port, rule='strategy = "least_busy"') as desk:
        anna = await listener(desk)
        await customer_waits(desk)
        await later(desk, clock, anna)
        found = await outcomes(desk)
    assert found == {"assigned": ("sent", None), "waiting": ("dropped", "over")}
    assert len(postbox.mails) == 1
