"""The door of transcripts: a copy to keep now, or the wish for one by e-mail."""

import hashlib
import hmac
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from bot.channel import TranscriptFile, TranscriptWish, supported
from bot.clock import now
from bot.conversations import repository as conversations
from bot.conversations.errors import NotFound
from bot.conversations.models import Conversation, Message
from bot.conversations.outward import attachments_of, cards_of
from bot.db import Database, Transaction
from bot.desks import Desks
from bot.errors import FirstlineError
from bot.mail.address import clean_address
from bot.settings import Settings
from bot.transcript import repository
from bot.transcript.models import TranscriptMail
from bot.transcript.page import Line, Transcript, zone_named

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
# Visitors cost nothing to make up: all of them together may not flood a mail server either.
MAILS_AN_HOUR = 200


class BadAddress(FirstlineError):
    """Not one e-mail address."""

    code = "bad_address"
    status = 422


class TooManyMails(FirstlineError):
    """Enough for this customer, for this address, or for this hour."""

    code = "too_many_mails"
    status = 429


class NoMail(FirstlineError):
    """This desk has no mail server."""

    code = "no_mail"
    status = 404


class Transcripts:
    """Gives customers what was said (`bot.channel.TranscriptDesk`)."""

    def __init__(
        self, db: Database, *, desks: Desks, by_mail: bool, mails_a_day: int, key: str
    ) -> None:
        self._db = db
        self._desks = desks
        self.by_mail = by_mail
        self._mails_a_day = mails_a_day
        self._key = key.encode()

    @classmethod
    def of(cls, settings: Settings, db: Database, *, desks: Desks) -> "Transcripts":
        """As the settings want it."""
        return cls(
            db,
            desks=desks,
            by_mail=bool(settings.smtp_url),
            mails_a_day=settings.transcripts_per_day,
            key=settings.token_key(),
        )

    async def download(self, channel: str, thread: str, wish: TranscriptWish) -> TranscriptFile:
        """The customer's own conversation as a page; raises NotFound."""
        async with self._db.read() as session:
            found = await self._own(session, channel, thread, wish.conversation)
            transcript = await self._read(session, found, wish.language, wish.zone)
        return TranscriptFile(transcript.file_name, transcript.as_html(), transcript.as_text())

    async def mail(
        self, channel: str, thread: str, wish: TranscriptWish, *, to: str, key: str
    ) -> None:
        """Notes that a copy is to be sent; once this returns it will be.

        Raises NotFound, NoMail, BadAddress and TooManyMails.
        """
        if not self.by_mail:
            raise NoMail
        address = clean_address(to)
        if address is None:
            raise BadAddress

        async def keep(tx: Transaction) -> None:
            found = await self._own(tx.session, channel, thread, wish.conversation)
            await repository.lock_customer(tx.session, found.customer_id)
            if await repository.find_wish(tx.session, key) is not None:
                return
            digest = hmac.new(self._key, address.lower().encode(), hashlib.sha256).hexdigest()
            await self._check_limits(tx.session, found.customer_id, digest)
            zone = zone_named(wish.zone, self._zone_of(found))
            tx.session.add(
                TranscriptMail(
                    key=key,
                    conversation_id=found.id,
                    customer_id=found.customer_id,
                    recipient=address,
                    digest=digest,
                    language=supported(wish.language),
                    zone=zone.key,
                    last_seq=found.last_seq,
                )
            )

        await self._db.attempt(keep, finds_itself=True)

    async def for_mail(self, session: AsyncSession, mail: TranscriptMail) -> Transcript:
        """What that mail is to carry: as it was when it was asked for."""
        conversation = await session.get_one(Conversation, mail.conversation_id)
        return await self._read(
            session, conversation, mail.language, mail.zone, up_to=mail.last_seq
        )

    async def _check_limits(self, session: AsyncSession, customer_id: str, digest: str) -> None:
        since = now() - DAY
        counts = (
            await repository.count_of_customer(session, customer_id, since=since),
            await repository.count_to_address(session, digest, since=since),
        )
        if max(counts) >= self._mails_a_day:
            raise TooManyMails
        if await repository.count_all(session, since=now() - HOUR) >= MAILS_AN_HOUR:
            raise TooManyMails

    async def _own(
        self, session: AsyncSession, channel: str, thread: str, conversation_id: str
    ) -> Conversation:
        found = await conversations.conversation_in_thread(
            session, channel, thread, conversation_id
        )
        if found is None or found.last_seq == 0:
            raise NotFound
        return found

    async def _read(
        self,
        session: AsyncSession,
        conversation: Conversation,
        language: str,
        zone: str | None,
        *,
        up_to: int | None = None,
    ) -> Transcript:
        language = supported(language)
        # Messages alone: a note is no message, and no query of a message reaches one.
        said = await conversations.messages_after(session, conversation.id, 0, limit=up_to)
        return Transcript(
            desk=self._desks.get(conversation.desk).name[language],
            language=language,
            zone=zone_named(zone, self._zone_of(conversation)),
            lines=[
                Line(one.author_kind, one.author_name, _words(one), one.created_at) for one in said
            ],
        )

    def _zone_of(self, conversation: Conversation) -> ZoneInfo:
        return self._desks.get(conversation.desk).timezone


def _words(message: Message) -> str:
    """What was said, and the names of what came with it."""
    cards = (f"{card.title}\n{card.text}".strip() for card in cards_of(message))
    files = (f"📎 {file.name}" for file in attachments_of(message))
    return "\n".join(filter(None, (message.text, *cards, *files)))
