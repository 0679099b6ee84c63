"""What is kept of a password, as it ships."""

import pytest
from argon2 import Type

from bot.accounts import secrets
from tests.quick_passwords import SHIPPED


def test_a_password_costs_whoever_guesses_it_what_rfc_9106_recommends() -> None:
    """Its second recommended option: 64 MiB, three passes, four lanes (section 4)."""
    assert SHIPPED.type is Type.ID
    assert SHIPPED.memory_cost >= 64 * 1024
    assert SHIPPED.time_cost >= 3
    assert SHIPPED.parallelism >= 4


@pytest.mark.asyncio
async def test_a_password_is_known_again_and_another_one_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(secrets, "_hasher", SHIPPED)
    stored = await secrets.hash_password("correct horse battery")
    assert stored.startswith("$argon2id$")
    assert await secrets.is_password(stored, "correct horse battery")
    assert not await secrets.is_password(stored, "correct horse batter")
    assert not await secrets.is_password(None, "correct horse battery")
