"""A wrong setting or database is one sentence that names it, and exit code 2; no traceback."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from bot import migrations
from tests.postgres import fresh_database, plain


def firstline(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("firstline")), *arguments]
    environment = os.environ | {"COLUMNS": "200"} | settings
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize(
    ("setting", "value", "says"),
    [
        ("FIRSTLINE_PORT", "abc", "valid integer"),
        ("FIRSTLINE_PORT", "99999", "65535"),
        ("FIRSTLINE_DATABASE_URL", "nonsense", "sqlite+aiosqlite:///PATH"),
        ("FIRSTLINE_DATABASE_URL", "postgresql://me:hunter2@db/x", "postgresql+psycopg://"),
        ("FIRSTLINE_DATABASE_URL", "postgresql+psycopg://me:hunter2@db", "NAME"),
        ("FIRSTLINE_DATABASE_URL", "postgresql+psycopg://me:hunter2@x:y@db/x", "@ is %40"),
        ("FIRSTLINE_DATABASE_URL", "postgresql+psycopg://me:hunter2@127.0.0.1:9/x", "127.0.0.1:9"),
        ("FIRSTLINE_DATABASE_CONNECTIONS", "1", "greater than or equal to 2"),
        ("FIRSTLINE_ENGINE_TIMEOUT", "0", "greater than 0"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, setting: str, value: str, says: str) -> None:
    place = {"FIRSTLINE_DATA_DIR": str(tmp_path)}
    done = firstline("serve", **(place | {setting: value}))
    assert done.returncode == 2
    assert setting in done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert "hunter2" not in done.stderr


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "firstline.db").write_bytes(b"This is a diary, not a database. " * 100)
    done = firstline("db", "upgrade", FIRSTLINE_DATA_DIR=str(tmp_path))
    assert done.returncode == 2
    assert "file is not a database" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_that_is_missing_on_the_server_is_named(postgresql: str) -> None:
    url = f"{postgresql.rpartition('/')[0]}/nowhere"
    done = firstline("serve", FIRSTLINE_DATABASE_URL=url)
    assert done.returncode == 2
    assert "FIRSTLINE_DATABASE_URL" in done.stderr
    assert "no database nowhere" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_of_a_newer_program_is_named(postgresql: str) -> None:
    with fresh_database(postgresql) as url:
        migrations.upgrade(url)
        with psycopg.connect(plain(url)) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
        done = firstline("serve", FIRSTLINE_DATABASE_URL=url)
    assert done.returncode == 2
    assert "FIRSTLINE_DATABASE_URL" in done.stderr
    assert "9999" in done.stderr
    assert "Traceback" not in done.stderr
