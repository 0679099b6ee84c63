"""Passwords and tokens: how they are made, kept and compared."""

import asyncio
import hashlib
import secrets
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from bot.accounts.errors import WeakPassword

MIN_PASSWORD = 10
_hasher = PasswordHasher()


def new_token() -> str:
    """For cookies and links: 256 random bits."""
    return secrets.token_urlsafe(32)


def new_one_time_password() -> str:
    """To be read from a screen and typed once."""
    return secrets.token_urlsafe(9)


def digest(token: str) -> str:
    """What is kept of a token: enough to know it again, too little to use it."""
    return hashlib.sha256(token.encode()).hexdigest()


async def hash_password(password: str) -> str:
    """Argon2id, in a thread: it takes a while by design."""
    return await asyncio.to_thread(_hasher.hash, password)


async def is_password(stored: str | None, password: str) -> bool:
    """Whether it is the one; without a stored one it takes as long and says no."""
    return await asyncio.to_thread(_matches, stored, password)


def check_new_password(password: str) -> None:
    """Raises WeakPassword."""
    if len(password) < MIN_PASSWORD:
        raise WeakPassword(limit=MIN_PASSWORD)


@lru_cache
def _nobodys_hash() -> str:
    return _hasher.hash(secrets.token_urlsafe(16))


def _matches(stored: str | None, password: str) -> bool:
    try:
        _hasher.verify(stored or _nobodys_hash(), password)
    except VerificationError:
        return False
    return stored is not None
