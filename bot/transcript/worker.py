"""Sends the transcripts that wait: each is a row, so a crash loses none.

A process that dies between the mail server's “taken” and our own note of it leaves one mail that
is sent again when its lease runs out, under the same Message-ID, by which mail programs and
servers know that it is the same. SMTP knows no better.
"""

import asyncio
from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

import structlog

from bot.clock import every, now
from bot.conversations import repository as conversations
from bot.conversations.service import SYSTEM, Conversations
from bot.db import Database, Transaction
from bot.mail.mailer import Mailer, MailNotTaken, MailRefused
from bot.outbox.pauses import backoff
from bot.settings import Settings
from bot.smtp_url import parse_sender
from bot.texts import text
from bot.transcript import repository
from bot.transcript.models import TranscriptMail
from bot.transcript.page import Transcript
from bot.transcript.service import Transcripts

SWEEP_SECONDS = 2.0
LEASE = timedelta(minutes=10)  # longer than a mail server may keep us waiting
GIVE_UP_AFTER = timedelta(days=1)
LAST_WORDS_SECONDS = 60.0

log = structlog.get_logger()


def mailer_for(
    settings: Settings, db: Database, *, transcripts: Transcripts, conversations: Conversations
) -> "TranscriptMailer | None":
    """The worker, where mail is configured."""
    place = settings.smtp_place()
    if place is None:
        return None
    return TranscriptMailer(
        db,
        transcripts=transcripts,
        conversations=conversations,
        mailer=Mailer(place),
        sender=parse_sender(settings.smtp_from),
    )


class TranscriptMailer:
    """Takes one mail at a time, whichever process gets there first."""

    def __init__(
        self,
        db: Database,
        *,
        transcripts: Transcripts,
        conversations: Conversations,
        mailer: Mailer,
        sender: Address,
    ) -> None:
        self._db = db
        self._transcripts = transcripts
        self._conversations = conversations
        self._mailer = mailer
        self._sender = sender
        self._sending: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Until cancelled; what is being sent then goes on, see `stop`."""
        await every(SWEEP_SECONDS, self.sweep, name="transcripts.sweep")

    async def sweep(self) -> int:
        """Sends everything that is due; returns how many mails were tried."""
        tried = 0
        while (mail := await self._take()) is not None:
            # The thread that speaks to the mail server cannot be cancelled, so its end is noted.
            self._sending = asyncio.create_task(self._send(mail))
            await asyncio.shield(self._sending)
            tried += 1
        return tried

    async def stop(self) -> None:
        """Lets a mail that is on its way arrive."""
        if self._sending is not None:
            await asyncio.wait([self._sending], timeout=LAST_WORDS_SECONDS)

    async def _take(self) -> TranscriptMail | None:
        async def take(tx: Transaction) -> TranscriptMail | None:
            at = now()
            return await repository.take_due(tx.session, at=at, lease_until=at + LEASE)

        return await self._db.attempt(take)

    async def _send(self, mail: TranscriptMail) -> None:
        if now() - mail.created_at > GIVE_UP_AFTER + LEASE:
            # It made this program stumble again and again: the log says how.
            await self._finish(mail, "dead", problem="given up")
            return
        async with self._db.read() as session:
            transcript = await self._transcripts.for_mail(session, mail)
        try:
            await self._mailer.send(letter(mail, transcript, self._sender))
        except MailRefused as error:
            log.warning("transcript.refused", mail=mail.id, problem=str(error))
            await self._finish(mail, "dead", problem=str(error))
        except MailNotTaken as error:
            log.warning("transcript.not_taken", mail=mail.id, problem=str(error))
            await self._try_again(mail, str(error))
        else:
            await self._finish(mail, "sent", problem=None)

    async def _try_again(self, mail: TranscriptMail, problem: str) -> None:
        if now() - mail.created_at > GIVE_UP_AFTER:
            await self._finish(mail, "dead", problem=problem)
            return

        async def postpone(tx: Transaction) -> None:
            row = await tx.session.get_one(TranscriptMail, mail.id)
            row.due_at = now() + timedelta(seconds=backoff(row.attempts))
            row.problem = problem[:300]

        await self._db.attempt(postpone)

    async def _finish(self, mail: TranscriptMail, status: str, *, problem: str | None) -> None:
        async def finish(tx: Transaction) -> None:
            conversation = await conversations.lock_conversation(tx.session, mail.conversation_id)
            row = await tx.session.get_one(TranscriptMail, mail.id)
            row.status, row.problem, row.finished_at = status, problem, now()
            row.recipient = None
            if conversation is not None:
                kind = f"transcript_{status}"
                self._conversations.record(tx, conversation, kind, actor=SYSTEM)

        await self._db.attempt(finish)


def letter(mail: TranscriptMail, transcript: Transcript, sender: Address) -> EmailMessage:
    """The mail. Its headers hold our own words, the desk's name and one checked address."""
    made = EmailMessage(policy=SMTP)
    made["From"] = sender
    made["To"] = mail.recipient
    made["Subject"] = transcript.title
    made["Date"] = mail.created_at
    made["Message-ID"] = f"<{mail.id}@{sender.domain}>"
    # No machine shall answer this one (RFC 3834).
    made["Auto-Submitted"] = "auto-generated"
    why = text("transcript.why", mail.language)
    made.set_content(f"{transcript.as_text()}\n-- \n{why}\n")
    made.add_alternative(transcript.as_html(), subtype="html")
    return made
