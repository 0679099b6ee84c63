"""A link is mailed once, whatever happens to the mail server or to us; no token is readable."""

import re
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
import time_machine
from sqlalchemy import select, text, update

from bot.accounts.links import Links, make_link
from bot.accounts.models import AccountMail, Agent, LinkKind
from bot.audit.acts import Place
from bot.audit.models import AuditEntry
from bot.clock import now
from bot.mail.postman import LEASE, Postman
from tests.desk import TestDesk, open_desk
from tests.smtp_server import Postbox, smtp_server

pytestmark = pytest.mark.asyncio
WHERE = Place("192.0.2.7", "A browser")


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    with smtp_server() as box:
        yield box


@pytest_asyncio.fixture
async def desk(tmp_path: Path, postbox: Postbox) -> AsyncIterator[TestDesk]:
    place = f"smtp+plain://127.0.0.1:{postbox.port}"
    async with open_desk(tmp_path, smtp_url=place, smtp_from="help@acme.example") as opened:
        yield opened


def postman(desk: TestDesk) -> Postman[AccountMail]:
    found = desk.parts.account_mails.postman
    assert found is not None
    return found


async def ask(desk: TestDesk, email: str = "anna@example.com") -> None:
    await desk.parts.account_mails.ask_for_reset(email, WHERE)


async def row(desk: TestDesk) -> AccountMail:
    async with desk.db.read() as session:
        return (await session.scalars(select(AccountMail))).one()


def token_in(postbox: Postbox) -> str:
    found = re.search(r"/inbox/reset/(\S+)", postbox.mails[-1].get_content())
    assert found
    return found[1]


async def everything_stored(desk: TestDesk) -> str:
    async with desk.db.read() as session:
        tables = ("account_mails", "account_links", "audit_entries")
        rows = [
            str((await session.execute(text(f"SELECT * FROM {table}"))).all())  # noqa: S608 - ours
            for table in tables
        ]
    return " ".join(rows)


async def test_a_mail_outlasts_the_mail_server_and_carries_the_same_link(
    desk: TestDesk, postbox: Postbox
) -> None:
    await desk.add_agent()
    await ask(desk)
    postbox.data_refusal = "451 Later"
    with time_machine.travel(now(), tick=False) as clock:
        assert await postman(desk).sweep() == 1
        tried = await row(desk)
        assert (tried.status, tried.problem) == ("waiting", "SMTPDataError 451")
        assert tried.email is None, "what was typed is kept until it is looked up, no longer"
        assert await postman(desk).sweep() == 0, "not at once"
        sealed = tried.link
        postbox.data_refusal = None
        clock.shift(timedelta(seconds=6))
        assert await postman(desk).sweep() == 1
    assert postbox.recipients == [["anna@example.com"]]
    token = token_in(postbox)
    assert sealed is not None
    assert token not in sealed
    sent = await row(desk)
    assert (sent.status, sent.link, sent.address) == ("sent", None, "")
    assert token not in await everything_stored(desk)
    assert (await Links(desk.db).look(LinkKind.RESET, token)).name == "Anna"
    async with desk.db.read() as session:
        entry = (await session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()))).first()
    assert entry is not None
    assert (entry.act.value, entry.address) == ("reset_link_made", "192.0.2.7")


async def test_while_it_is_tried_the_database_alone_opens_nothing(
    desk: TestDesk, postbox: Postbox
) -> None:
    await desk.add_agent()
    await ask(desk)
    postbox.data_refusal = "451 Later"
    await postman(desk).sweep()
    stored = await everything_stored(desk)
    postbox.data_refusal = None
    async with desk.db.write() as tx:
        await tx.session.execute(update(AccountMail).values(due_at=now()))
    await postman(desk).sweep()
    assert token_in(postbox) not in stored


async def test_nobodys_address_gets_nothing_and_is_not_kept(
    desk: TestDesk, postbox: Postbox
) -> None:
    await ask(desk, "nobody@example.com" + "x" * 400)
    await postman(desk).sweep()
    assert postbox.mails == []
    assert ((await row(desk)).status, (await row(desk)).email) == ("dropped", None)


async def test_a_refused_recipient_is_final_and_a_lasting_refusal_ends(
    desk: TestDesk, postbox: Postbox
) -> None:
    await desk.add_agent()
    await ask(desk)
    postbox.refusal = "550 No such user"
    await postman(desk).sweep()
    dead = await row(desk)
    assert (dead.status, dead.problem, dead.link) == ("dead", "recipient: [550]", None)
    async with desk.db.write() as tx:
        await tx.session.delete(await tx.session.get_one(AccountMail, dead.id))
    await ask(desk)
    postbox.refusal = "450 Greylisted"
    with time_machine.travel(now(), tick=False) as clock:
        for _ in range(20):
            await postman(desk).sweep()
            clock.shift(timedelta(minutes=10))
    over = await row(desk)
    assert (over.status, over.problem) == ("dead", "recipient: [450]"), "its link is over"
    assert over.attempts < 12, "in growing pauses"


async def test_a_link_that_was_replaced_is_not_mailed_any_more(
    desk: TestDesk, postbox: Postbox
) -> None:
    agent = await desk.add_agent()
    async with desk.db.write() as tx:
        desk.parts.account_mails.book(tx, await make_link(tx, agent, LinkKind.RESET))
    async with desk.db.write() as tx:
        await make_link(tx, agent, LinkKind.RESET)
    await postman(desk).sweep()
    assert postbox.mails == []
    assert ((await row(desk)).status, (await row(desk)).problem) == ("dropped", "link_is_over")


async def test_whoever_was_disabled_meanwhile_gets_no_link(
    desk: TestDesk, postbox: Postbox
) -> None:
    await desk.add_agent()
    await ask(desk)
    async with desk.db.write() as tx:
        await tx.session.execute(update(Agent).values(disabled_at=now()))
    await postman(desk).sweep()
    assert postbox.mails == []
    assert (await row(desk)).status == "dropped"


async def test_what_a_dead_process_had_taken_is_sent_by_another(
    desk: TestDesk, postbox: Postbox
) -> None:
    await desk.add_agent()
    await ask(desk)
    assert await postman(desk)._take() is not None  # and then it dies
    with time_machine.travel(now(), tick=False) as clock:
        assert await postman(desk).sweep() == 0
        clock.shift(LEASE + timedelta(seconds=1))
        assert await postman(desk).sweep() == 1
    assert postbox.recipients == [["anna@example.com"]]


async def test_what_is_over_is_removed_after_a_while(desk: TestDesk, postbox: Postbox) -> None:
    await desk.add_agent()
    await ask(desk)
    await postman(desk).sweep()
    with time_machine.travel(now() + timedelta(days=29)):
        await postman(desk).clean()
    assert (await row(desk)).status == "sent"
    with time_machine.travel(now() + timedelta(days=31)):
        await postman(desk).clean()
    async with desk.db.read() as session:
        assert (await session.scalars(select(AccountMail))).all() == []
