"""A wrong setting or database is one sentence that names it, and exit code 2; no traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


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
        ("FIRSTLINE_DATABASE_URL", "postgresql://me:hunter2@db/x", "SQLite alone"),
        ("FIRSTLINE_ENGINE_TIMEOUT", "0", "greater than 0"),
        ("FIRSTLINE_ENGINE_URL", "http://a:5005,localhost:5006", "http://HOST:PORT"),
        ("FIRSTLINE_ENGINE_URL", "http://me:hunter2@", "http://HOST:PORT"),
        ("FIRSTLINE_ENGINE_URL", " , ", "names no engine"),
        ("FIRSTLINE_ENGINE_URL", "@", "names no engine"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, setting: str, value: str, says: str) -> None:
    place = {"FIRSTLINE_DATA_DIR": str(tmp_path)}
    done = firstline("db", "upgrade", **(place | {setting: value}))
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
