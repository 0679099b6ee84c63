"""Whether what a customer typed is an e-mail address that mail can be sent to. Pure."""

import re

MAX_ADDRESS = 254  # RFC 5321
MAX_LOCAL = 64
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+[A-Za-z](?:[A-Za-z0-9-]{{0,61}}[A-Za-z0-9])")


def clean_address(typed: str) -> str | None:
    """The one address that it is, its domain in ASCII; None for anything else.

    Neither a name, nor a second address, nor a line break can come through.
    """
    local, at, domain = typed.strip().rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None
    found = f"{local}@{domain}"
    fits = len(found) <= MAX_ADDRESS and 0 < len(local) <= MAX_LOCAL
    if at and fits and _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain):
        return found
    return None
