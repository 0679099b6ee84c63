"""Telegram's settings: refuses what cannot be meant, and repeats nothing of a secret. Pure."""

import re
from urllib.parse import urlsplit

from pydantic import SecretStr

# What @BotFather gives: the bot's number, a colon, and the secret.
TOKEN = re.compile(r"\d{1,20}:[\w-]{3,100}")
SECRET = re.compile(r"[\w-]{16,256}", re.ASCII)


def check_token(token: SecretStr | None) -> SecretStr | None:
    """The token; None for an empty one. Raises ValueError."""
    given = token.get_secret_value().strip() if token is not None else ""
    if not given:
        return None
    if not TOKEN.fullmatch(given):
        raise ValueError("must be what @BotFather gave you: NUMBER:SECRET")
    return SecretStr(given)


def check_url(url: str) -> str:
    """An address without a slash at its end, or nothing; raises ValueError."""
    if url and (not url.startswith(("http://", "https://")) or not urlsplit(url).hostname):
        raise ValueError("must be https://HOST…")
    return url.rstrip("/")


def check_webhook_secret(secret: SecretStr | None) -> SecretStr | None:
    """As Telegram takes it; None for an empty one. Raises ValueError."""
    given = secret.get_secret_value() if secret is not None else ""
    if not given:
        return None
    if not SECRET.fullmatch(given):
        raise ValueError("must have 16 to 256 letters, digits, _ and -")
    return secret
