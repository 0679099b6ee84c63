"""Passwords are kept at next to no cost in a test process.

What ships takes a processor tens of milliseconds by design, and a tenth of all tests' time: people
are hired and signed in before almost every test. `tests/bot/accounts/test_secrets.py` looks at what
ships.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from argon2 import PasswordHasher

from bot.accounts import secrets

SHIPPED = secrets._hasher


@contextmanager
def quick_passwords() -> Iterator[None]:
    """The same Argon2id, with the least that it can be told to take."""
    least = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with patch.object(secrets, "_hasher", least):
        secrets._nobodys_hash.cache_clear()
        yield
    secrets._nobodys_hash.cache_clear()
