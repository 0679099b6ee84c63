"""Finds an e-mail address or a phone number in what a customer wrote. Pure."""

import re
from dataclasses import dataclass

EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
# Seven to fifteen digits (ITU-T E.164 allows fifteen), written with the usual separators.
PHONE = re.compile(r"(?<![\w#])\+?\d(?:[ ().-]{0,2}\d){6,14}(?![\w])")


@dataclass(frozen=True)
class Contact:
    """Where a customer can be reached; at least one is set."""

    email: str | None
    phone: str | None

    def __str__(self) -> str:
        return ", ".join(filter(None, (self.email, self.phone)))


def find_contact(words: str) -> Contact | None:
    """The first e-mail address and phone number in the text, or None."""
    email = EMAIL.search(words)
    rest = EMAIL.sub(" ", words)
    phone = PHONE.search(rest)
    if email is None and phone is None:
        return None
    return Contact(
        email=email.group().rstrip(".") if email else None,
        phone=" ".join(phone.group().split()) if phone else None,
    )
