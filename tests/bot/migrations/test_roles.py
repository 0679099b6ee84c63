"""An older desk's agents get their roles: somebody must be able to give them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text

from bot import migrations
from tests.postgres import fresh_database

BEFORE, ROLES = "0017", "0018"
ADD = text(
    "INSERT INTO agents (id, email, name, language, desks, password_hash, must_change_password,"
    " created_at, disabled_at) VALUES (:email, :email, :email, 'en', '[]', 'x', false, :at, :gone)"
)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'firstline.db'}"
        return
    with fresh_database(request.getfixturevalue("postgresql")) as fresh:
        yield fresh


@pytest.mark.parametrize(
    ("agents", "admins"),
    [
        ([("gone@x", 1, True), ("old@x", 2, False), ("new@x", 3, False)], {"old@x"}),
        ([("old@x", 1, False), ("agent@example.com", 2, False)], {"old@x", "agent@example.com"}),
        ([("agent@example.com", 1, True), ("new@x", 2, False)], {"new@x"}),
        ([], set()),
    ],
)
def test_the_first_who_still_works_here_becomes_an_admin(
    url: str, agents: list[tuple[str, int, bool]], admins: set[str]
) -> None:
    config = migrations.config(url)
    command.upgrade(config, BEFORE)
    engine = migrations.plain_engine(url)
    try:
        with engine.begin() as connection:
            for email, day, is_gone in agents:
                at = f"2026-11-{day:02} 12:00:00.000000"
                connection.execute(ADD, {"email": email, "at": at, "gone": at if is_gone else None})
        command.upgrade(config, ROLES)
        with engine.connect() as connection:
            rows = connection.execute(text("SELECT email, role, skills, languages FROM agents"))
            found = {row.email: row for row in rows}
    finally:
        engine.dispose()
    assert {email for email, row in found.items() if row.role == "admin"} == admins
    for row in found.values():
        assert row.role in ("admin", "agent")
        # As text from SQLite, as lists from PostgreSQL.
        plain = [json.loads(v) if isinstance(v, str) else v for v in (row.skills, row.languages)]
        assert plain == [[], ["en", "pl"]]
