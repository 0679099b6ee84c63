"""What happens again while an older alert of it still waits, or is just being sent."""

import asyncio
from datetime import timedelta

import pytest
import time_machine

from bot.accounts.models import Agent
from bot.alerts.models import AgentAlert
from bot.alerts.rules import Kind
from bot.mail.mailer import MailNotTaken
from bot.mail.postman import Postman
from tests.bot.alerts.telling import (
    customer_waits,
    hands_over,
    later,
    listener,
    looks,
    outcomes,
    rows,
    wants,
)
from tests.bot.assignment.desks import comes
from tests.desk import TestDesk
from tests.smtp_server import Postbox

pytestmark = pytest.mark.asyncio
Clock = time_machine.Traveller


async def gives_back(desk: TestDesk, agent: Agent, conversation: str) -> None:
    epoch = (await desk.conversation(conversation)).epoch
    await desk.handoffs.release(agent, conversation, epoch=epoch)


async def anna_and_piotr(desk: TestDesk) -> tuple[Agent, Agent]:
    anna, piotr = await listener(desk), await comes(desk, "Piotr")
    await wants(desk, anna, frozenset({Kind.ASSIGNED, Kind.MENTION}))
    return anna, piotr


async def test_what_is_given_again_after_a_look_is_told(
    desk: TestDesk, clock: Clock, postbox: Postbox
) -> None:
    anna, piotr = await anna_and_piotr(desk)
    conversation = await customer_waits(desk)
    await hands_over(desk, piotr, conversation, anna)
    clock.shift(40)
    await looks(desk, anna, conversation)
    await gives_back(desk, anna, conversation)
    clock.shift(20)
    await hands_over(desk, piotr, conversation, anna)
    assert await later(desk, clock, anna, by=timedelta(seconds=30)) == 0, "her minute begins anew"
    assert await later(desk, clock, anna, by=timedelta(seconds=30)) == 1
    assert await outcomes(desk) == {"assigned": ("sent", None)}
    assert len(postbox.mails) == 1


async def test_what_is_given_again_without_a_look_is_told_when_the_first_is_due(
    desk: TestDesk, clock: Clock, postbox: Postbox
) -> None:
    anna, piotr = await anna_and_piotr(desk)
    conversation = await customer_waits(desk)
    await hands_over(desk, piotr, conversation, anna)
    clock.shift(40)
    await gives_back(desk, anna, conversation)
    await hands_over(desk, piotr, conversation, anna)
    assert await later(desk, clock, anna, by=timedelta(seconds=20)) == 1
    assert len(postbox.mails) == 1


async def test_a_second_mention_after_a_look_is_told(
    desk: TestDesk, clock: Clock, postbox: Postbox
) -> None:
    anna, piotr = await anna_and_piotr(desk)
    conversation = await customer_waits(desk)
    write = desk.parts.handling.notes.write
    await write(piotr, conversation, "@Anna, look")
    clock.shift(40)
    await looks(desk, anna, conversation)
    await write(piotr, conversation, "@Anna, once more")
    assert await later(desk, clock, anna, by=timedelta(seconds=20)) == 0
    assert await later(desk, clock, anna, by=timedelta(seconds=40)) == 1
    assert len(postbox.mails) == 1


async def test_a_slow_receiver_holds_up_its_own_alert_alone(desk: TestDesk, clock: Clock) -> None:
    anna, piotr = await anna_and_piotr(desk)
    for thread in ("t1", "t2"):
        await hands_over(desk, piotr, await customer_waits(desk, thread), anna)
    clock.shift(60)
    is_sent = asyncio.Event()
    first: list[str] = []

    async def send(row: AgentAlert) -> None:
        first.append(row.id)
        if row.id == first[0]:
            await is_sent.wait()
        is_sent.set()

    slow = Postman(desk.db, AgentAlert, send=send, give_up_after=timedelta(hours=1))
    running = asyncio.create_task(slow.run())
    async with asyncio.timeout(10):
        await is_sent.wait()
    running.cancel()
    await slow.stop()
    assert [row.status for row in await rows(desk)] == ["sent", "sent"]


@pytest.mark.parametrize("is_taken", [True, False])
async def test_what_begins_anew_while_the_older_one_is_sent_still_waits(
    desk: TestDesk, clock: Clock, is_taken: bool
) -> None:
    anna, piotr = await anna_and_piotr(desk)
    conversation = await customer_waits(desk)
    await hands_over(desk, piotr, conversation, anna)
    clock.shift(60)

    async def send(_: AgentAlert) -> None:
        """Slow enough for all that to happen meanwhile."""
        clock.shift(1)
        await looks(desk, anna, conversation)
        await gives_back(desk, anna, conversation)
        await hands_over(desk, piotr, conversation, anna)
        if not is_taken:
            raise MailNotTaken("busy")

    slow = Postman(desk.db, AgentAlert, send=send, give_up_after=timedelta(hours=1))
    assert await slow.sweep() == 1
    [row] = await rows(desk)
    assert (row.status, row.problem, row.attempts) == ("waiting", None, 0)
    assert (row.due_at - row.created_at).total_seconds() == 60
