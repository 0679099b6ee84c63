"""Every fault once, on both databases: the short version of `make faults` (docs/faults.md)."""

import os
import shutil
import subprocess
import sys

import pytest

from tests.postgres import NoPostgres, programs
from tests.processes import ROOT


def missing(database: str) -> str | None:
    """What this machine lacks for it."""
    if database == "sqlite":
        return None
    try:
        programs()
    except NoPostgres as error:
        return str(error)
    if shutil.which("redis-server") is None:
        return "Redis is not installed (on Debian and Ubuntu: apt install redis-server)"
    return None


@pytest.mark.timeout(600)
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_nothing_is_lost_doubled_or_left_whatever_dies(database: str) -> None:
    reason = missing(database)
    if reason is not None:
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults", "--short", "--database", database],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "120"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
