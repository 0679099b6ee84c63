"""A copy for its customer alone: as stored, without notes; and by e-mail, once, within limits."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import delete, select

from bot.channel import TranscriptWish
from bot.clock import now
from bot.conversations.errors import NotFound
from bot.handoff.service import Reply
from bot.mail.postman import KEPT_FOR, Postman
from bot.transcript.models import TranscriptMail
from bot.transcript.service import BadAddress, NoMail, TooManyMails
from tests.desk import TestDesk, open_desk
from tests.smtp_server import Postbox, smtp_server

pytestmark = pytest.mark.asyncio

NOTE = "Sounds upset, be kind"


@pytest_asyncio.fixture
async def postbox() -> AsyncIterator[Postbox]:
    with smtp_server() as opened:
        yield opened


@pytest_asyncio.fixture
async def desk(tmp_path: Path, postbox: Postbox) -> AsyncIterator[TestDesk]:
    url = f"smtp+plain://127.0.0.1:{postbox.port}"
    sender = "Acme Help <help@acme.example>"
    async with open_desk(tmp_path, smtp_url=url, smtp_from=sender) as opened:
        yield opened


async def talked(desk: TestDesk) -> str:
    """Bot, agent, a note, and a card number that nobody should have sent."""
    receipt = await desk.customer_says("My card is 4111 1111 1111 1111")
    await desk.bot_answers("Two <b>days</b>.")
    agent = await desk.add_agent()
    there = receipt.conversation
    await desk.handoffs.claim(agent, there, epoch=1)
    await desk.handoffs.note(agent, there, NOTE)
    await desk.handoffs.reply(agent, there, Reply("I am here.", epoch=2, key="r1"))
    await desk.settle()
    return there


def wish(there: str, language: str = "en") -> TranscriptWish:
    return TranscriptWish(there, language, "Europe/Warsaw")


async def ask(desk: TestDesk, there: str, to: str = "jan@example.com", key: str = "k1") -> None:
    await desk.parts.transcripts.mail("web", "t1", wish(there), to=to, key=key)


def worker(desk: TestDesk) -> Postman[TranscriptMail]:
    assert desk.parts.transcript_postman is not None
    return desk.parts.transcript_postman


async def rows(desk: TestDesk) -> list[TranscriptMail]:
    async with desk.db.read() as session:
        found = select(TranscriptMail).order_by(TranscriptMail.created_at)
        return list(await session.scalars(found))


async def all_are_due(desk: TestDesk) -> None:
    async with desk.db.write() as tx:
        for row in await tx.session.scalars(select(TranscriptMail)):
            row.due_at = now()


async def test_a_copy_has_all_that_the_customer_saw_and_no_more(desk: TestDesk) -> None:
    there = await talked(desk)
    file = await desk.parts.transcripts.download("web", "t1", wish(there))
    assert file.name.startswith("Customer-care-")
    for words in ("My card is •••", "Two &lt;b&gt;days&lt;/b&gt;.", "I am here.", "Anna"):
        assert words in file.html
    assert NOTE not in file.html
    assert "4111" not in file.html


async def test_nobody_gets_anothers_conversation(desk: TestDesk) -> None:
    there = await talked(desk)
    with pytest.raises(NotFound):
        await desk.parts.transcripts.download("web", "t2", wish(there))
    with pytest.raises(NotFound):
        await desk.parts.transcripts.mail("web", "t2", wish(there), to="e@example.com", key="k")
    assert await rows(desk) == []


async def test_a_mail_arrives_once_at_that_address_alone(desk: TestDesk, postbox: Postbox) -> None:
    there = await talked(desk)
    await ask(desk, there, "Jan@Example.com")
    await ask(desk, there, "Jan@Example.com")
    await desk.customer_says("Said later")
    assert await worker(desk).sweep() == 1
    assert await worker(desk).sweep() == 0
    assert postbox.recipients == [["Jan@example.com"]]
    (mail,) = postbox.mails
    assert (mail["From"], mail["To"]) == ("Acme Help <help@acme.example>", "Jan@example.com")
    assert mail["Subject"].startswith("Customer care: conversation of")
    assert mail["Auto-Submitted"] == "auto-generated"
    plain = mail.get_body(("plain",))
    page = mail.get_body(("html",))
    assert plain is not None
    assert page is not None
    for part in (plain.get_content(), page.get_content()):
        assert "My card is •••" in part
        assert NOTE not in part
        assert "Said later" not in part, "the copy is of when it was asked for"
    assert "Two <b>days</b>." in plain.get_content()
    (row,) = await rows(desk)
    assert (row.status, row.recipient, row.attempts) == ("sent", None, 1)
    assert "transcript_sent" in await desk.events(there)


async def test_in_polish_with_diacritics(desk: TestDesk, postbox: Postbox) -> None:
    there = await talked(desk)
    await desk.parts.transcripts.mail(
        "web", "t1", wish(there, "pl"), to="jan@example.com", key="k1"
    )
    await worker(desk).sweep()
    assert postbox.mails[0]["Subject"].startswith("Obsługa klienta: rozmowa z")


@pytest.mark.parametrize(
    "to", ["", "jan", "a@b.example\nBcc: c@d.example", "a@b.example, c@d.example"]
)
async def test_what_is_no_address_is_refused(desk: TestDesk, to: str) -> None:
    there = await talked(desk)
    with pytest.raises(BadAddress):
        await ask(desk, there, to)
    assert await rows(desk) == []


async def test_a_visitor_and_an_address_have_limits(desk: TestDesk) -> None:
    there = await talked(desk)
    for number in range(5):
        await ask(desk, there, f"jan{number}@example.com", key=f"k{number}")
    with pytest.raises(TooManyMails):
        await ask(desk, there, "jan9@example.com", key="k9")
    await ask(desk, there, "jan0@example.com", key="k0")  # the same wish once more is none

    victim = "Victim@example.com"
    for number in range(6):
        other = await desk.customer_says("Buy!", thread=f"v{number}")
        mail = desk.parts.transcripts.mail
        args = ("web", f"v{number}", wish(other.conversation))
        if number < 5:
            await mail(*args, to=victim, key=f"v{number}:k")
        else:
            with pytest.raises(TooManyMails):
                await mail(*args, to=victim.lower(), key=f"v{number}:k")
    async with desk.db.write() as tx:
        for row in await tx.session.scalars(select(TranscriptMail)):
            row.created_at = now() - timedelta(days=1, seconds=1)
    await ask(desk, there, "jan9@example.com", key="k9")


async def test_all_visitors_together_have_a_limit_too(
    desk: TestDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.transcript.service.MAILS_AN_HOUR", 1)
    there = await talked(desk)
    await ask(desk, there)
    with pytest.raises(TooManyMails):
        await ask(desk, there, "eve@example.com", key="k2")


async def test_what_is_not_taken_is_tried_again_and_what_is_refused_is_not(
    desk: TestDesk, postbox: Postbox
) -> None:
    there = await talked(desk)
    await ask(desk, there)
    postbox.refusal = "451 Later"
    await worker(desk).sweep()
    (row,) = await rows(desk)
    assert (row.status, row.attempts, row.problem) == ("waiting", 1, "recipient: [451]")
    assert row.due_at > now()
    postbox.refusal = "550 Nobody of this name"
    await all_are_due(desk)
    await worker(desk).sweep()
    (row,) = await rows(desk)
    assert (row.status, row.attempts, row.recipient) == ("dead", 2, None)
    assert "transcript_dead" in await desk.events(there)
    assert postbox.mails == []


async def test_after_a_day_it_is_given_up(desk: TestDesk, postbox: Postbox) -> None:
    there = await talked(desk)
    await ask(desk, there)
    postbox.refusal = "451 Later"
    async with desk.db.write() as tx:
        for row in await tx.session.scalars(select(TranscriptMail)):
            row.created_at = now() - timedelta(days=1, seconds=1)
    await worker(desk).sweep()
    assert [row.status for row in await rows(desk)] == ["dead"]


async def test_of_a_forgotten_customer_no_end_is_told(desk: TestDesk, postbox: Postbox) -> None:
    there = await talked(desk)
    await ask(desk, there)
    taken = await worker(desk)._take()
    assert taken is not None
    async with desk.db.write() as tx:
        await tx.session.execute(delete(TranscriptMail))
    await worker(desk)._try(taken)
    assert len(postbox.mails) == 1
    assert "transcript_sent" not in await desk.events(there)


async def test_what_is_over_for_long_is_removed(desk: TestDesk) -> None:
    there = await talked(desk)
    await ask(desk, there)
    await ask(desk, there, key="k2")
    await worker(desk).sweep()
    first, second = await rows(desk)
    async with desk.db.write() as tx:
        old = await tx.session.get_one(TranscriptMail, first.id)
        old.finished_at = now() - KEPT_FOR - timedelta(seconds=1)
    await worker(desk).clean()
    assert [row.id for row in await rows(desk)] == [second.id]


async def test_a_process_that_dies_before_sending_loses_nothing(
    desk: TestDesk, postbox: Postbox
) -> None:
    there = await talked(desk)
    await ask(desk, there)
    assert await worker(desk)._take() is not None  # and then it dies
    assert await worker(desk).sweep() == 0, "another one leaves it alone while it may live"
    await all_are_due(desk)
    assert await worker(desk).sweep() == 1
    assert len(postbox.mails) == 1


async def test_a_mail_that_may_have_been_sent_keeps_its_message_id(
    desk: TestDesk, postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = await talked(desk)
    await ask(desk, there)
    with monkeypatch.context() as dying:
        dying.setattr(worker(desk), "_finish", _dies)
        with pytest.raises(ZeroDivisionError):
            await worker(desk).sweep()
    await all_are_due(desk)
    await worker(desk).sweep()
    first, second = postbox.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Message-ID"].endswith("@acme.example>")


async def _dies(*_: object, **__: object) -> None:
    raise ZeroDivisionError


async def test_two_workers_send_it_once(desk: TestDesk, postbox: Postbox) -> None:
    there = await talked(desk)
    await ask(desk, there)
    tried = await asyncio.gather(*(worker(desk).sweep() for _ in range(3)))
    assert sorted(tried) == [0, 0, 1]
    assert len(postbox.mails) == 1


async def test_without_a_mail_server_there_is_no_mail(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as desk:
        there = (await desk.customer_says("Hello")).conversation
        assert not desk.parts.transcripts.by_mail
        assert desk.parts.transcript_postman is None
        with pytest.raises(NoMail):
            await ask(desk, there)
