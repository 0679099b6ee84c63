"""Mails about accounts: the link, who sent it, and how long it holds. Nothing else is in them.

Each is a row before it is a mail: it is sent by whichever process gets there, tried again while
the mail server is away, and what became of it stands on the account's page.
"""

from email.message import EmailMessage

from bot.accounts import repository
from bot.accounts.links import LIFETIME, NewLink, make_link
from bot.accounts.models import AccountMail, Agent, LinkKind
from bot.accounts.seal import Seal, Unreadable
from bot.accounts.secrets import digest
from bot.audit.acts import Act, Doer, Place
from bot.audit.repository import record
from bot.clock import now
from bot.db import Database, Transaction
from bot.mail.letter import letter
from bot.mail.mailer import Mailer, MailRefused
from bot.mail.postman import NotWanted, Postman
from bot.settings import Settings
from bot.smtp_url import parse_sender
from bot.texts import supported, text

PATH = {LinkKind.INVITATION: "/inbox/welcome/", LinkKind.RESET: "/inbox/reset/"}
MAX_EMAIL = 320


class AccountMails:
    """Books them, where mail is configured, and sends what was booked."""

    def __init__(self, settings: Settings, db: Database) -> None:
        self._db = db
        self._base = settings.base_url()
        self._seal = Seal(settings.token_key(), purpose="account mails")
        self.postman: Postman[AccountMail] | None = None
        place = settings.smtp_place()
        if place is not None:
            self._mailer, self._sender = Mailer(place), parse_sender(settings.smtp_from)
            self.postman = Postman(
                db, AccountMail, send=self._send, give_up_after=LIFETIME[LinkKind.INVITATION]
            )

    @property
    def is_on(self) -> bool:
        """Whether there is a mail server."""
        return self.postman is not None

    def book(self, tx: Transaction, link: NewLink) -> None:
        """The link is mailed, if it is made: the mail is part of its transaction."""
        if self.is_on:
            sealed = self._seal.close(link.token)
            tx.session.add(AccountMail(kind=link.kind, agent_id=link.agent.id, link=sealed))

    async def ask_for_reset(self, email: str, place: Place) -> None:
        """Books a mail for whoever forgot their password.

        Whether there is such an account is looked up when it is sent: whoever asks waits for the
        same, and learns the same, in either case.
        """

        async def ask(tx: Transaction) -> None:
            tx.session.add(
                AccountMail(
                    kind=LinkKind.RESET,
                    email=email[:MAX_EMAIL],
                    address=place.address,
                    browser=place.browser,
                )
            )

        await self._db.attempt(ask)

    async def last_to(self, agent_id: str) -> AccountMail | None:
        """The newest one to this account, with what became of it."""
        async with self._db.read() as session:
            return await repository.last_account_mail(session, agent_id)

    async def _send(self, row: AccountMail) -> None:
        link = await self._db.attempt(lambda tx: self._link(tx, row.id))
        await self._mailer.send(self._letter(row, link))

    async def _link(self, tx: Transaction, row_id: str) -> NewLink:
        """What the mail carries; raises NotWanted when it would open nothing."""
        row = await tx.session.get_one(AccountMail, row_id)
        agent = await self._agent(tx, row)
        if agent is None or agent.disabled_at is not None:
            raise NotWanted("no_account")
        token = self._unsealed(row)
        if token is not None:
            if await repository.find_link(tx.session, row.kind, digest(token), at=now()) is None:
                # Used, replaced, or so old that nobody took the mail in time.
                raise MailRefused(row.problem) if row.problem else NotWanted("link_is_over")
            return NewLink(agent, row.kind, token)
        if row.kind is LinkKind.RESET and agent.is_invited:
            raise NotWanted("no_account")
        link = await make_link(tx, agent, row.kind)
        row.agent_id, row.link, row.email = agent.id, self._seal.close(link.token), None
        record(tx, Act.RESET_LINK_MADE, Doer(None, Place(row.address, row.browser)), agent)
        return link

    async def _agent(self, tx: Transaction, row: AccountMail) -> Agent | None:
        if row.agent_id is not None:
            return await repository.get_agent(tx.session, row.agent_id)
        return await repository.find_agent(tx.session, row.email or "")

    def _unsealed(self, row: AccountMail) -> str | None:
        if row.link is None:
            return None
        try:
            return self._seal.open(row.link)
        except Unreadable:
            # Sealed before the installation's secret was changed.
            raise MailRefused("sealed with another secret") from None

    def _letter(self, row: AccountMail, link: NewLink) -> EmailMessage:
        kind, language = link.kind.value, supported(link.agent.language)
        hours = int(LIFETIME[link.kind].total_seconds() // 3600)
        words = text(
            f"account_mail.{kind}.body",
            language,
            name=link.agent.name,
            link=link_address(self._base, link),
            count=hours // 24 if link.kind is LinkKind.INVITATION else hours,
        )
        subject = text(f"account_mail.{kind}.subject", language)
        return letter(row.id, self._sender, to=link.agent.email, subject=subject, words=words)


def link_address(base: str, link: NewLink) -> str:
    """Where the link leads; `base` is the desk's own address."""
    return f"{base}{PATH[link.kind]}{link.token}"
