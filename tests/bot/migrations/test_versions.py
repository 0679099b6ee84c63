"""The database's versions lead to the tables of this program, and back; on both databases."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, Engine, inspect, text

from bot import migrations
from bot.migrations.problems import UnusableDatabase
from bot.tables import metadata
from tests.postgres import fresh_database


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'firstline.db'}"
        return
    with fresh_database(request.getfixturevalue("postgresql")) as fresh:
        yield fresh


@contextmanager
def engine_of(url: str) -> Iterator[Engine]:
    engine = migrations.plain_engine(url)
    yield engine
    engine.dispose()


def test_the_newest_version_is_what_the_models_say(url: str) -> None:
    migrations.upgrade(url)
    command.check(migrations.config(url))


def test_every_version_can_be_left_and_reached_again(url: str) -> None:
    migrations.upgrade(url)
    command.downgrade(migrations.config(url), "base")
    with engine_of(url) as engine:
        assert inspect(engine).get_table_names() == ["alembic_version"]
    migrations.upgrade(url)
    command.check(migrations.config(url))
    with engine_of(url) as engine:
        # SQLite's index for the search is tables of its own.
        found = {n for n in inspect(engine).get_table_names() if not n.startswith("search_words")}
        assert found == {"alembic_version", *metadata.tables}


def test_rows_survive_the_way_up_and_down(url: str) -> None:
    config = migrations.config(url)
    command.upgrade(config, "0002")
    with engine_of(url) as engine:
        with engine.begin() as connection:
            connection.execute(text(CUSTOMER))
            connection.execute(text(CONVERSATION))
        command.upgrade(config, "head")
        with engine.connect() as connection:
            row = connection.execute(
                text("SELECT upsets, repeats, last_fallback FROM conversations")
            )
            assert tuple(row.one()) == (0, 0, None)
        command.downgrade(config, "0002")
        with engine.connect() as connection:
            assert connection.scalar(text("SELECT count(*) FROM conversations")) == 1
        assert "feedback" not in inspect(engine).get_table_names()


def test_what_was_said_before_there_was_a_search_is_found(url: str) -> None:
    config = migrations.config(url)
    command.upgrade(config, "0002")
    with engine_of(url) as engine:
        with engine.begin() as connection:
            for statement in (CUSTOMER, CONVERSATION, MESSAGES):
                connection.execute(text(statement))
            connection.execute(text("UPDATE customers SET name = 'Łucja Wójcik'"))
        command.upgrade(config, "head")
        with engine.connect() as connection:
            found = {word: ids_with(connection, word) for word in ("lucja", "~zamow", "10482", "x")}
    # The oldest first, whatever their keys are.
    assert found == {"lucja": {1}, "~zamow": {2, 3}, "10482": {3}, "x": set()}


def ids_with(connection: Connection, word: str) -> set[int]:
    if connection.dialect.name == "sqlite":
        asked = text("SELECT rowid FROM search_words WHERE search_words MATCH :word")
        return set(connection.scalars(asked, {"word": f'"{word}"'}))
    asked = text("SELECT id FROM search_entries WHERE words @@ CAST(:word AS tsquery)")
    return set(connection.scalars(asked, {"word": f"'{word}'"}))


def test_processes_that_start_at_once_migrate_one_after_the_other(url: str) -> None:
    program = "import sys; from bot import migrations; migrations.upgrade(sys.argv[1])"
    starting = [
        subprocess.Popen([sys.executable, "-c", program, url], stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    assert [process.communicate(timeout=60)[1] for process in starting] == [""] * 4
    assert migrations.versions(url)[0] == migrations.versions(url)[1]


def test_a_migration_that_fails_leaves_nothing_behind(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that it can be tried again when its cause is gone."""
    command.upgrade(migrations.config(url), "0002")
    monkeypatch.setattr("alembic.op.create_table", _fail)
    with pytest.raises(ZeroDivisionError):
        command.upgrade(migrations.config(url), "0003")  # adds columns, then makes a table
    monkeypatch.undo()
    with engine_of(url) as engine:
        columns = {column["name"] for column in inspect(engine).get_columns("conversations")}
    assert "upsets" not in columns
    migrations.upgrade(url)


def test_the_work_of_a_newer_program_is_not_touched(url: str) -> None:
    migrations.upgrade(url)
    with engine_of(url) as engine, engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(UnusableDatabase, match=r"9999.*a newer Firstline"):
        migrations.upgrade(url)


def test_an_older_database_asks_for_the_upgrade(url: str) -> None:
    command.upgrade(migrations.config(url), "0002")
    with pytest.raises(UnusableDatabase, match="firstline db upgrade"):
        migrations.require_current(url)


def _fail(*_: object, **__: object) -> None:
    raise ZeroDivisionError


CUSTOMER = """
INSERT INTO customers (id, channel, external_id, language, created_at)
VALUES ('c', 'web', 'v', 'en', '2026-11-25 12:00:00')
"""
CONVERSATION = """
INSERT INTO conversations (id, customer_id, channel, thread, desk, language, status, epoch,
  last_seq, seen_seq, misses, dialogue_fresh, context, contact_asks, created_at, updated_at)
VALUES ('k', 'c', 'web', 't', 'it-help', 'en', 'bot', 1, 0, 0, 0, false, '{}', 0,
  '2026-11-25 12:00:00', '2026-11-25 12:00:00')
"""
MESSAGES = """
INSERT INTO messages (id, conversation_id, seq, channel, author_kind, text, buttons, created_at)
VALUES ('z', 'k', 1, 'web', 'customer', 'Moje zamówienie', '[]', '2026-11-25 12:00:01'),
  ('a', 'k', 2, 'web', 'customer', 'Zamówienia 10482', '[]', '2026-11-25 12:00:02')
"""
