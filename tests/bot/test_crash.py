"""The named points at which tests kill processes: what they do, and that nobody else can."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.crash import POINTS, Trap, Traps
from bot.errors import BadSetting
from tests.processes import ROOT

WALK = "from bot import crash; [(crash.reach('ask.before'), print(n)) for n in range(1, 5)]"


def walk(**variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", WALK],
        cwd=ROOT,
        env=os.environ | {"PYTHONUNBUFFERED": "1"} | variables,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_process_dies_the_time_that_was_named() -> None:
    done = walk(FIRSTLINE_CRASH_AT="ask.before:3", FIRSTLINE_TEST_FAULTS="1")
    assert done.returncode == -signal.SIGKILL
    assert done.stdout.split() == ["1", "2"]


@pytest.mark.parametrize("armed", ["", "0", "yes"])
def test_nothing_happens_without_the_second_variable(armed: str) -> None:
    done = walk(FIRSTLINE_CRASH_AT="ask.before:3", FIRSTLINE_TEST_FAULTS=armed)
    assert done.returncode == 0
    assert done.stdout.split() == ["1", "2", "3", "4"]


def test_a_trap_in_a_file_strikes_once(tmp_path: Path) -> None:
    file = tmp_path / "trap"
    file.write_text("ask.before:2\n")
    done = walk(FIRSTLINE_CRASH_AT=f"@{file}", FIRSTLINE_TEST_FAULTS="1")
    assert done.stdout.split() == ["1"]
    assert not file.exists()
    assert walk(FIRSTLINE_CRASH_AT=f"@{file}", FIRSTLINE_TEST_FAULTS="1").returncode == 0


def test_another_process_can_be_the_victim(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as victim:
        file = tmp_path / "trap"
        file.write_text(f"record.open:1 {victim.pid}")
        traps = Traps(file=file)
        traps.reach("record.committed")
        assert victim.poll() is None
        traps.reach("record.open")
        assert victim.wait() == -signal.SIGKILL


@pytest.mark.parametrize("line", ["", "nowhere:1", "ask.before", "ask.before:x", "ask.before:1 x"])
def test_a_trap_that_is_none_is_refused(line: str) -> None:
    with pytest.raises(BadSetting, match=r"receive\.committed"):
        Trap.parse(line)


@pytest.mark.parametrize("point", POINTS)
def test_every_point_stands_in_the_service(point: str) -> None:
    said = f'crash.reach("{point}")'
    assert any(said in file.read_text() for file in ROOT.glob("bot/**/*.py"))
