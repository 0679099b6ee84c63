"""Real children that die, and a clock that the test moves."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.launcher import LauncherError, Stopped
from bot.launcher.processes import Child, Processes, tail
from bot.launcher.supervise import MOST_DEATHS, WELL_SECONDS, Supervisor
from tests.processes import free_port

SLEEPER = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
DYING = "import os; print(os.getpid(), flush=True); raise SystemExit(3)"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    with Processes(cwd=tmp_path, patience=0.5) as opened:
        yield opened


def child(folder: Path, code: str, name: str = "tester", **fields: object) -> Child:
    values = {"name": name, "command": [sys.executable, "-c", code], "log": folder / f"{name}.log"}
    return Child(**(values | fields))  # type: ignore[arg-type]


def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_killed_child_is_started_again_after_its_pause(
    tmp_path: Path, processes: Processes
) -> None:
    clock = Clock()
    supervisor = Supervisor(processes, clock=clock)
    sleeper = child(tmp_path, SLEEPER)
    pid = processes.start(sleeper)
    supervisor.keep(sleeper)
    until(lambda: tail(sleeper.log))
    os.kill(pid, signal.SIGKILL)
    until(lambda: not processes.is_running(sleeper))
    supervisor.look()
    supervisor.look()
    assert not processes.is_running(sleeper)
    clock.now += 0.5
    supervisor.look()
    assert processes.is_running(sleeper)
    until(lambda: len(tail(sleeper.log)) == 2)  # the log of its first life is kept


def test_a_child_that_dies_again_and_again_ends_everything(
    tmp_path: Path, processes: Processes
) -> None:
    clock = Clock()
    supervisor = Supervisor(processes, clock=clock)
    dying = child(tmp_path, DYING)
    processes.start(dying)
    supervisor.keep(dying)

    def live() -> None:
        until(lambda: not processes.is_running(dying))
        supervisor.look()
        clock.now += 30
        supervisor.look()

    for _ in range(MOST_DEATHS - 1):
        live()
    with pytest.raises(LauncherError, match=rf"exit code 3\) {MOST_DEATHS} times in a row"):
        live()


def test_a_long_life_makes_up_for_a_death(tmp_path: Path, processes: Processes) -> None:
    clock = Clock()
    supervisor = Supervisor(processes, clock=clock)
    dying = child(tmp_path, DYING)
    processes.start(dying)
    supervisor.keep(dying)
    for _ in range(2 * MOST_DEATHS):
        until(lambda: not processes.is_running(dying))
        clock.now += WELL_SECONDS
        supervisor.look()
        clock.now += 1
        supervisor.look()


def test_what_was_forgotten_may_die(tmp_path: Path, processes: Processes) -> None:
    supervisor = Supervisor(processes)
    dying = child(tmp_path, DYING)
    processes.start(dying)
    supervisor.keep(dying)
    supervisor.forget(dying)
    until(lambda: not processes.is_running(dying))
    supervisor.look()
    assert len(tail(dying.log)) == 1


def test_waiting_for_a_newcomer_ends_with_it_but_not_with_others(
    tmp_path: Path, processes: Processes
) -> None:
    supervisor = Supervisor(processes)
    url = f"http://127.0.0.1:{free_port()}/"
    other = child(tmp_path, DYING, "other")
    processes.start(other)
    supervisor.keep(other)
    slow = child(tmp_path, SLEEPER, "slow", ready_url=url, ready_seconds=0.5)
    processes.start(slow)
    with pytest.raises(LauncherError, match=r"slow did not become ready within 0\.5 s"):
        supervisor.wait_until_ready(slow)
    dying = child(tmp_path, DYING, "dying", ready_url=url)
    processes.start(dying)
    with pytest.raises(LauncherError, match="dying stopped by itself"):
        supervisor.wait_until_ready(dying)
    processes.stop_asked.set()
    with pytest.raises(Stopped):
        supervisor.wait_until_ready(slow)


RECORDER = """
import signal, sys, time
def stop(*_):
    time.sleep({seconds})
    open({book!r}, "a").write("{name}\\n")
    sys.exit()
signal.signal(signal.SIGTERM, stop)
print("on", flush=True)
time.sleep(60)
"""


def test_whoever_asks_is_stopped_before_whoever_answers(
    tmp_path: Path, processes: Processes
) -> None:
    book = tmp_path / "book"
    for name, stage, seconds in (("actions", 0, 0), ("engine", 1, 0), ("desk", 2, 0.8)):
        code = RECORDER.format(seconds=seconds, book=str(book), name=name)
        each = child(tmp_path, code, name, stage=stage, patience=10.0)
        processes.start(each)
        until(lambda each=each: tail(each.log) == ["on"])  # type: ignore[misc]
    processes.stop()
    assert book.read_text().split() == ["desk", "engine", "actions"]
