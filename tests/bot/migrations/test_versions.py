"""The database's versions lead to the tables of this program, and back."""

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text

from bot import migrations
from bot.tables import metadata


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'firstline.db'}"


def test_the_newest_version_is_what_the_models_say(url: str) -> None:
    migrations.upgrade(url)
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_every_version_can_be_left_again_and_rows_survive(url: str) -> None:
    config = migrations.config(url)
    command.upgrade(config, "0002")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(CUSTOMER))
        connection.execute(text(CONVERSATION))
    command.upgrade(config, "head")
    with engine.connect() as connection:
        row = connection.execute(text("SELECT upsets, repeats, last_fallback FROM conversations"))
        assert tuple(row.one()) == (0, 0, None)
    command.downgrade(config, "0002")
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM conversations")) == 1
    assert "feedback" not in inspect(engine).get_table_names()
    command.downgrade(config, "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]
    engine.dispose()


CUSTOMER = """
INSERT INTO customers (id, channel, external_id, language, created_at)
VALUES ('c', 'web', 'v', 'en', '2026-11-25 12:00:00')
"""
CONVERSATION = """
INSERT INTO conversations (id, customer_id, channel, thread, desk, language, status, epoch,
  last_seq, seen_seq, misses, dialogue_fresh, context, contact_asks, created_at, updated_at)
VALUES ('k', 'c', 'web', 't', 'it-help', 'en', 'bot', 1, 0, 0, 0, 0, '{}', 0,
  '2026-11-25 12:00:00', '2026-11-25 12:00:00')
"""
