"""Leads who do not look are told when a rule of their desk calls them: once, at once, while it is
so."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
import time_machine

from bot.accounts.models import Agent
from bot.accounts.permissions import Role
from bot.alerts.rules import Kind
from bot.handoff.service import Reply
from tests.bot.alerts.telling import (
    TARGETS,
    customer_waits,
    later,
    listener,
    looks,
    mailing_desk,
    outcomes,
    rows,
    wants,
)
from tests.bot.assignment.desks import change
from tests.desk import DESK, TestDesk
from tests.smtp_server import Postbox

pytestmark = pytest.mark.asyncio
Clock = time_machine.Traveller
HOUR, AT_ONCE = timedelta(hours=1), timedelta(0)
CALL = f"""
[[{DESK}.escalations]]
target = "first_response"
at = 100
notify_leads = true

[[{DESK}.escalations]]
target = "first_response"
at = 150
notify_leads = true

[[{DESK}.escalations]]
target = "first_response"
at = 120
priority = "high"
"""


@pytest_asyncio.fixture
async def desk(tmp_path: Path, postbox: Postbox, clock: Clock) -> AsyncIterator[TestDesk]:
    async with mailing_desk(tmp_path, postbox.port, targets=TARGETS + CALL) as opened:
        yield opened


async def lead_of(desk: TestDesk, name: str = "Lea", **columns: object) -> Agent:
    lead = await listener(desk, name, **({"role": Role.LEAD} | columns))
    await wants(desk, lead, frozenset({Kind.ESCALATED}))
    return lead


async def passes(desk: TestDesk, clock: Clock, *here: Agent, by: timedelta = HOUR) -> None:
    """Time passes, the rules are carried out, and what is due then is sent."""
    clock.shift(by)
    await desk.parts.timers.sweep()
    await later(desk, clock, *here, by=AT_ONCE)


async def test_a_lead_is_mailed_in_the_moment_of_the_escalation(
    desk: TestDesk, clock: Clock, postbox: Postbox
) -> None:
    lead = await lead_of(desk)
    conversation = await customer_waits(desk)
    await looks(desk, lead, conversation)  # long before: no reason not to be called
    await passes(desk, clock, lead, by=HOUR - timedelta(seconds=1))
    assert postbox.mails == []
    await passes(desk, clock, lead, by=timedelta(seconds=1))
    [mail] = postbox.mails
    assert postbox.recipients == [["lea@example.com"]]
    assert mail["Subject"] == "A conversation needs a lead: Care"
    words = mail.get_content()
    assert "Deadline: Wednesday, 11:30" in words
    assert f"https://desk.acme.example/inbox/conversations/{conversation}" in words.splitlines()


async def test_in_the_leads_language(desk: TestDesk, clock: Clock, postbox: Postbox) -> None:
    lead = await lead_of(desk, language="pl")
    await customer_waits(desk)
    await passes(desk, clock, lead)
    [mail] = postbox.mails
    assert mail["Subject"] == "Rozmowa wymaga uwagi lidera zespołu: Klienci"
    assert "Termin: środa, 11:30" in mail.get_content()


async def test_leads_of_the_desk_alone_and_those_who_chose_it(
    desk: TestDesk, clock: Clock, postbox: Postbox
) -> None:
    everyone = [
        await listener(desk),  # no lead
        await lead_of(desk, "Manuela", role=Role.MANAGER),
        await lead_of(desk, "Irene", desks=["it-help"]),
        await lead_of(desk, "Nora"),
        await lead_of(desk, "Petra"),
    ]
    await wants(desk, everyone[0], frozenset({Kind.ESCALATED}))
    await wants(desk, everyone[3], frozenset({Kind.MENTION}))
    await customer_waits(desk)
    clock.shift(HOUR)
    await desk.parts.timers.sweep()
    assert {row.kind for row in await rows(desk)} == {"escalated"}
    assert len(await rows(desk)) == 2
    await change(desk, everyone[4], role=Role.AGENT)  # between the event and the mail
    await later(desk, clock, *everyone, by=AT_ONCE)
    assert postbox.recipients == [["manuela@example.com"]]


async def test_once_until_they_have_looked(desk: TestDesk, clock: Clock, postbox: Postbox) -> None:
    lead, deaf = await lead_of(desk), await lead_of(desk, "Dee")
    conversation = await customer_waits(desk)
    for _ in range(2):
        await passes(desk, clock, lead, deaf, by=HOUR if not postbox.mails else AT_ONCE)
    assert len(postbox.mails) == 2
    await looks(desk, lead, conversation)
    await passes(desk, clock, lead, deaf, by=timedelta(minutes=30))
    assert (await desk.events(conversation)).count("escalated") == 3
    assert [to for [to] in postbox.recipients[2:]] == ["lea@example.com"], "Dee knows it already"


async def test_who_looks_or_what_is_over_needs_no_mail(
    desk: TestDesk, clock: Clock, postbox: Postbox
) -> None:
    lead, agent = await lead_of(desk), await desk.add_agent("Anna")
    opened, answered, closed = [await customer_waits(desk, f"t{n}") for n in range(3)]
    clock.shift(HOUR)
    await desk.parts.timers.sweep()
    await desk.parts.writing.viewers.here(lead, opened)
    for conversation in (answered, closed):
        epoch = (await desk.conversation(conversation)).epoch
        await desk.handoffs.claim(agent, conversation, epoch=epoch)
    epoch = (await desk.conversation(answered)).epoch
    await desk.handoffs.reply(agent, answered, Reply("Sorry!", epoch, "r1"))
    epoch = (await desk.conversation(closed)).epoch
    await desk.handoffs.close(agent, closed, epoch=epoch)
    await later(desk, clock, lead, by=AT_ONCE)
    assert postbox.mails == []
    found = {row.conversation_id: (row.status, row.problem) for row in await rows(desk)}
    assert found == {
        opened: ("dropped", "seen"),
        answered: ("dropped", "over"),
        closed: ("dropped", "over"),
    }


async def test_who_read_what_came_later_has_looked_when_the_mail_is_tried_again(
    desk: TestDesk, clock: Clock, postbox: Postbox
) -> None:
    lead = await lead_of(desk)
    conversation = await customer_waits(desk)
    postbox.data_refusal = "451 Later"
    await passes(desk, clock, lead)
    await desk.customer_says("Is anybody there?")
    await looks(desk, lead, conversation)
    postbox.data_refusal = None
    await later(desk, clock, lead, by=timedelta(seconds=6))
    assert await outcomes(desk) == {"escalated": ("dropped", "seen")}


async def test_what_goes_on_to_another_desk_is_no_longer_this_ones(
    tmp_path: Path, clock: Clock, postbox: Postbox
) -> None:
    other = '\n[it-help]\nname = { en = "IT help", pl = "Pomoc IT" }\n'
    rule = CALL.replace("at = 100\n", 'at = 100\ndesk = "it-help"\n') + other
    async with mailing_desk(tmp_path, postbox.port, targets=TARGETS + rule) as desk:
        lead = await lead_of(desk, desks=[DESK, "it-help"])
        await customer_waits(desk)
        await passes(desk, clock, lead)
        assert await outcomes(desk) == {"escalated": ("dropped", "over")}
