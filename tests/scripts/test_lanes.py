"""Several parts of the tests at a time: nothing is left out, and a failure is seen."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import lanes
from tests.lanes import Lanes, Part

PASSES = "print('= short test summary info =\\nSKIPPED [1] no Chromium\\n== 3 passed in 0.1s ==')"
FAILS = "print('dots\\n= FAILURES =\\nassert 1 == 2\\n== 1 failed ==');raise SystemExit(1)"


@pytest.fixture(autouse=True)
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of logs for this test alone."""
    monkeypatch.setattr(lanes, "LOGS", tmp_path)
    return tmp_path


def part(name: str, script: str) -> Part:
    """A part that is no pytest."""
    return Part(name, (sys.executable, "-c", script))


def test_every_test_file_is_in_one_part_on_sqlite() -> None:
    files = {str(path.relative_to(lanes.ROOT)) for path in lanes.ROOT.glob("tests/**/test_*.py")}
    on_sqlite = [one for one in lanes.parts() if "tests.postgres" not in one.command]
    taken: list[str] = []
    for one in on_sqlite:
        places = [word for word in one.command if word.startswith("tests")]
        ignored = [word.removeprefix("--ignore=") for word in one.command if "--ignore" in word]
        taken += [
            file
            for file in files
            if any(file.startswith(f"{place}/") for place in places)
            and not any(file.startswith(f"{place}/") for place in ignored)
        ]
    assert sorted(taken) == sorted(files)


def test_what_runs_on_postgresql_too_exists() -> None:
    for place in lanes.OWN_POSTGRES:
        assert (lanes.ROOT / place).exists(), place


def test_a_failure_is_shown_and_fails_the_whole(capfd: pytest.CaptureFixture[str]) -> None:
    code = Lanes([part("good", PASSES), part("bad", FAILS)]).run(2)
    told = capfd.readouterr().out
    assert code == 1
    assert "✗ bad" in told
    assert "assert 1 == 2" in told
    assert "Failed: bad" in told


def steps(tmp_path: Path, test: str) -> Part:
    """A part with these tests, in a file of their own."""
    file = tmp_path / "test_steps.py"
    file.write_text(test)
    return Part("steps", (*lanes.PYTEST, "-c", os.devnull, "--rootdir", str(tmp_path), str(file)))


def test_what_passes_alone_has_failed_and_is_named(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    sign = tmp_path / "sign"
    test = (
        "import pathlib\n"
        f"sign, count = pathlib.Path({str(sign)!r}), pathlib.Path({str(tmp_path / 'good')!r})\n"
        "def test_good():\n    with count.open('a') as file: file.write('x')\n"
        "def test_race():\n    assert sign.exists() or sign.touch()\n"
    )
    assert Lanes([steps(tmp_path, test)]).run(2) == 1
    told = capfd.readouterr().out
    assert "✗ steps" in told
    assert "Passed alone: test_steps.py::test_race" in told
    assert "Failed: steps" in told
    assert (tmp_path / "good").read_text() == "x", "what has passed is not run again"


def test_what_fails_twice_is_not_named_and_what_fails_in_many_places_not_repeated(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert Lanes([steps(tmp_path, "def test_wrong():\n    assert False\n")]).run(2) == 1
    told = capfd.readouterr().out
    assert "once more" in told
    assert "Passed alone" not in told
    many = "import pytest\n@pytest.mark.parametrize('at', range(6))\ndef test(at):\n    assert 0\n"
    assert Lanes([steps(tmp_path, many)]).run(2) == 1
    assert "once more" not in capfd.readouterr().out


def test_all_passed_tells_what_was_skipped(capfd: pytest.CaptureFixture[str]) -> None:
    assert Lanes([part("good", PASSES)]).run(2) == 0
    told = capfd.readouterr().out
    assert "✓ good" in told
    assert "3 passed" in told
    assert "no Chromium" in told


def test_a_part_without_tests_is_no_failure() -> None:
    assert Lanes([part("none", "raise SystemExit(5)")]).run(1) == 0


def test_parts_run_side_by_side(tmp_path: Path) -> None:
    """Each waits for the other's sign, so one after the other they would never end."""
    script = (
        "import pathlib, time\n"
        f"folder = pathlib.Path({str(tmp_path)!r})\n"
        "(folder / '{mine}').touch()\n"
        "while not (folder / '{theirs}').exists(): time.sleep(0.01)"
    )
    pair = [
        part("a", script.format(mine="1", theirs="2")),
        part("b", script.format(mine="2", theirs="1")),
    ]
    assert Lanes(pair).run(2) == 0


def test_ctrl_c_takes_the_parts_down(tmp_path: Path) -> None:
    sign = tmp_path / "ended"
    child = (
        "import pathlib, time\n"
        f"sign = pathlib.Path({str(sign)!r})\n"
        "try:\n    print('[ 10%]', flush=True)\n    time.sleep(100)\n"
        "except KeyboardInterrupt:\n    sign.touch()"
    )
    runner = (
        "import pathlib, signal, sys\nfrom tests import lanes\n"
        # Who runs the tests in the background may have it ignored.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        f"lanes.LOGS = pathlib.Path({str(tmp_path)!r})\n"
        f"lanes.parts = lambda: [lanes.Part('long', (sys.executable, '-c', {child!r}))]\n"
        "sys.exit(lanes.main())"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", runner], cwd=lanes.ROOT, env={**os.environ, "PYTHONPATH": "."}
    )
    while not (tmp_path / "long.log").exists() or lanes.percent(tmp_path / "long.log") != "10%":
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 130
    assert sign.exists()
