"""Hands one mail to the mail server, and says what kind of no it gets; nothing else knows SMTP."""

import asyncio
import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage

from bot.smtp_url import Encryption, SmtpPlace

TIMEOUT_SECONDS = 30.0
PERMANENT = range(500, 600)


class MailNotTaken(Exception):
    """Not now; it is worth another try, perhaps after somebody has mended something."""


class MailRefused(Exception):
    """This mail will never be taken: the recipient does not exist, or does not want it."""


class Mailer:
    """Speaks to one mail server, a connection a mail."""

    def __init__(self, place: SmtpPlace) -> None:
        self._place = place

    async def send(self, mail: EmailMessage) -> None:
        """Returns once the server has taken it; raises MailNotTaken or MailRefused."""
        await asyncio.to_thread(self._send, mail)

    def greet(self) -> None:
        """Whether the server is there, encrypts, and knows us; raises MailNotTaken."""
        try:
            line = self._open()
        except (smtplib.SMTPException, OSError) as error:
            raise MailNotTaken(_words(error)) from error
        with suppress(smtplib.SMTPException, OSError):
            line.quit()

    def _send(self, mail: EmailMessage) -> None:
        try:
            line = self._open()
        except (smtplib.SMTPException, OSError) as error:
            raise MailNotTaken(_words(error)) from error
        try:
            line.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            permanent = all(code in PERMANENT for code in codes)
            raise (MailRefused if permanent else MailNotTaken)(f"recipient: {codes}") from error
        except smtplib.SMTPDataError as error:
            permanent = error.smtp_code in PERMANENT
            raise (MailRefused if permanent else MailNotTaken)(_words(error)) from error
        except (smtplib.SMTPException, OSError) as error:
            raise MailNotTaken(_words(error)) from error
        finally:
            # It has been taken, or it has not: how the line ends changes nothing of that.
            with suppress(smtplib.SMTPException, OSError):
                line.quit()

    def _open(self) -> smtplib.SMTP:
        """A line that is encrypted as wished, and on which we are known."""
        place = self._place
        if place.encryption is Encryption.TLS:
            context = ssl.create_default_context()
            line: smtplib.SMTP = smtplib.SMTP_SSL(
                place.host, place.port, timeout=TIMEOUT_SECONDS, context=context
            )
        else:
            line = smtplib.SMTP(place.host, place.port, timeout=TIMEOUT_SECONDS)
        try:
            if place.encryption is Encryption.STARTTLS:
                line.starttls(context=ssl.create_default_context())
            if place.user is not None and place.password is not None:
                line.login(place.user, place.password)
        except BaseException:
            line.close()
            raise
        return line


def _words(error: Exception) -> str:
    """For logs and rows: kind and code, never what a server repeats of an address."""
    code = getattr(error, "smtp_code", None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__
