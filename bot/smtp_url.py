"""Where mail goes out: refuses an address that cannot be meant, and repeats nothing of it."""

from dataclasses import dataclass
from email.headerregistry import Address
from email.utils import parseaddr
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

SHAPE = (
    "must be smtp://USER:PASSWORD@HOST:587 (STARTTLS), smtps://…:465 (TLS from the beginning) "
    "or smtp+plain://HOST:25 (no encryption: for a relay on this machine)"
)
ENCODED = "what is special in a password is written as %23 for #, %40 for @, %2F for /"


class Encryption(StrEnum):
    """How the line to the mail server is protected."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


SCHEMES = {
    "smtp": (Encryption.STARTTLS, 587),
    "smtps": (Encryption.TLS, 465),
    "smtp+plain": (Encryption.NONE, 25),
}


@dataclass(frozen=True)
class SmtpPlace:
    """The mail server, and who we are to it."""

    host: str
    port: int
    encryption: Encryption
    user: str | None = None
    password: str | None = None

    def __repr__(self) -> str:
        """Without the password, and whoever's it is."""
        return f"{self.encryption.value} {self.host}:{self.port}"


def parse_smtp_url(url: str) -> SmtpPlace:
    """The place; raises ValueError that says what is wrong, never what was given."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:  # a port that is no number, brackets that do not close
        raise ValueError(f"{SHAPE}; {ENCODED}") from None
    more = parts.path.strip("/") or parts.query or parts.fragment
    if parts.scheme not in SCHEMES or not parts.hostname or port == 0 or more:
        raise ValueError(f"{SHAPE}; {ENCODED}")
    encryption, usual_port = SCHEMES[parts.scheme]
    user = unquote(parts.username) if parts.username else None
    password = unquote(parts.password) if parts.password else None
    if encryption is Encryption.NONE and password and not _is_this_machine(parts.hostname):
        raise ValueError("must not send a password unencrypted: use smtp:// or smtps://")
    if (user is None) != (password is None):
        raise ValueError("needs both USER and PASSWORD, or neither")
    return SmtpPlace(parts.hostname, port or usual_port, encryption, user, password)


def parse_sender(sender: str) -> Address:
    """`Acme Help <help@acme.example>` or an address alone; raises ValueError."""
    name, address = parseaddr(sender)
    local, at, domain = address.rpartition("@")
    if not (at and local and "." in domain) or not sender.isprintable() or not address.isascii():
        raise ValueError("must be an address such as Acme Help <help@acme.example>")
    return Address(name, local, domain)


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
