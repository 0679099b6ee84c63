"""Sends the transcripts that wait: a postman's rows (`mail/postman.py`), each with its own end in
the conversation's timeline."""

from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from bot.conversations import repository as conversations
from bot.conversations.service import SYSTEM, Conversations
from bot.db import Database, Transaction
from bot.mail.mailer import Mailer
from bot.mail.models import Going
from bot.mail.postman import Postman
from bot.settings import Settings
from bot.smtp_url import parse_sender
from bot.texts import text
from bot.transcript.models import TranscriptMail
from bot.transcript.page import Transcript
from bot.transcript.service import Transcripts

GIVE_UP_AFTER = timedelta(days=1)


def postman_for(
    settings: Settings, db: Database, *, transcripts: Transcripts, conversations: Conversations
) -> Postman[TranscriptMail] | None:
    """Where mail is configured."""
    place = settings.smtp_place()
    if place is None:
        return None
    work = TranscriptMails(
        db,
        transcripts=transcripts,
        conversations=conversations,
        mailer=Mailer(place),
        sender=parse_sender(settings.smtp_from),
    )
    return Postman(
        db,
        TranscriptMail,
        send=work.send,
        give_up_after=GIVE_UP_AFTER,
        before_the_end=work.record_end,
    )


class TranscriptMails:
    """What a postman does with them."""

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

    async def send(self, mail: TranscriptMail) -> None:
        """Raises MailNotTaken or MailRefused."""
        async with self._db.read() as session:
            transcript = await self._transcripts.for_mail(session, mail)
        await self._mailer.send(letter(mail, transcript, self._sender))

    async def record_end(self, tx: Transaction, mail: TranscriptMail, status: Going) -> None:
        """Agents see in the timeline what became of it."""
        conversation = await conversations.lock_conversation(tx.session, mail.conversation_id)
        # Whoever forgets a customer takes the mails away, under the same lock.
        is_kept = await tx.session.get(TranscriptMail, mail.id) is not None
        if conversation is not None and is_kept:
            kind = f"transcript_{status}"
            self._conversations.record(tx, conversation, kind, actor=SYSTEM)


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
