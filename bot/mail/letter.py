"""Mails that the desk itself writes."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from bot.clock import now


def letter(row_id: str, sender: Address, *, to: str, subject: str, words: str) -> EmailMessage:
    """A mail of plain text; sent twice, it has the same Message-ID."""
    made = EmailMessage(policy=SMTP)
    made["From"] = sender
    made["To"] = to
    made["Subject"] = subject
    made["Date"] = now()
    made["Message-ID"] = f"<{row_id}@{sender.domain}>"
    # No machine shall answer this one (RFC 3834).
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(words)
    return made
