"""Mails about accounts: the link, who sent it, and how long it holds. Nothing else is in them."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import make_msgid

import structlog

from bot.accounts.links import LIFETIME, NewLink
from bot.accounts.models import LinkKind
from bot.clock import now
from bot.mail.mailer import Mailer, MailNotTaken, MailRefused
from bot.settings import Settings
from bot.smtp_url import parse_sender
from bot.texts import text

PATH = {LinkKind.INVITATION: "/inbox/welcome/", LinkKind.RESET: "/inbox/reset/"}

log = structlog.get_logger()


class AccountMails:
    """Sends them, where mail is configured."""

    def __init__(self, settings: Settings) -> None:
        place = settings.smtp_place()
        self._mailer = None if place is None else Mailer(place)
        self._sender = parse_sender(settings.smtp_from) if place is not None else None
        self._base = settings.base_url()

    @property
    def is_on(self) -> bool:
        """Whether there is a mail server."""
        return self._mailer is not None

    async def send(self, link: NewLink, *, language: str) -> bool:
        """Whether the mail server took it; without one, False at once."""
        if self._mailer is None or self._sender is None:
            return False
        try:
            await self._mailer.send(self._letter(link, language, self._sender))
        except (MailNotTaken, MailRefused) as error:
            log.warning("account_mail.not_sent", agent=link.agent.id, problem=str(error))
            return False
        return True

    def _letter(self, link: NewLink, language: str, sender: Address) -> EmailMessage:
        kind = link.kind.value
        hours = int(LIFETIME[link.kind].total_seconds() // 3600)
        made = EmailMessage(policy=SMTP)
        made["From"] = sender
        made["To"] = link.agent.email
        made["Subject"] = text(f"account_mail.{kind}.subject", language)
        made["Date"] = now()
        made["Message-ID"] = make_msgid(domain=sender.domain)
        made["Auto-Submitted"] = "auto-generated"
        made.set_content(
            text(
                f"account_mail.{kind}.body",
                language,
                name=link.agent.name,
                link=link_address(self._base, link),
                count=hours // 24 if link.kind is LinkKind.INVITATION else hours,
            )
        )
        return made


def link_address(base: str, link: NewLink) -> str:
    """Where the link leads; `base` is the desk's own address."""
    return f"{base}{PATH[link.kind]}{link.token}"
