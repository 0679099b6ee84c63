"""Real children: started, watched, stopped, and never left behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.launcher import LauncherError, Stopped
from bot.launcher.processes import Child, Processes, answers, tail
from tests.processes import free_port

REFUSED = "http://127.0.0.1:9/"
SLEEPER = "import time; time.sleep(60)"
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(60)
"""
WITH_HELPER = f"""
import subprocess, sys, time
helper = subprocess.Popen([sys.executable, "-c", {STUBBORN!r}], stdout=subprocess.PIPE)
helper.stdout.readline()
print(helper.pid, flush=True)
time.sleep(60)
"""
LATE_SERVER = """
import http.server, sys, time
class Handler(http.server.BaseHTTPRequestHandler):
    asked = 0
    def do_GET(self):
        Handler.asked += 1
        self.send_response(200 if Handler.asked > 2 else 503)
        self.end_headers()
    def log_message(self, *_): pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def child(tmp_path: Path, code: str, *arguments: str, ready_url: str | None = None) -> Child:
    return Child(
        name="tester",
        command=[sys.executable, "-c", code, *arguments],
        log=tmp_path / "logs" / "tester.log",
        ready_url=ready_url,
        ready_seconds=60,
    )


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A killed helper waits for init to collect it; it no longer runs.
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def until(condition: Callable[[], object], *, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def test_leaving_the_block_stops_the_children(tmp_path: Path) -> None:
    with Processes(cwd=tmp_path) as processes:
        pid = processes.start(child(tmp_path, SLEEPER))
        assert is_alive(pid)
    assert not is_alive(pid)


@pytest.mark.parametrize("niceness", [0, 5])
def test_a_child_lets_others_go_first_when_it_is_told_to(tmp_path: Path, niceness: int) -> None:
    ours = os.getpriority(os.PRIO_PROCESS, 0)
    with Processes(cwd=tmp_path) as processes:
        pid = processes.start(replace(child(tmp_path, SLEEPER), niceness=niceness))
        assert os.getpriority(os.PRIO_PROCESS, pid) == (niceness or ours)
        session = Path(f"/proc/{pid}/autogroup")
        if session.exists() and (said := session.read_text()):
            assert said.rstrip().endswith(f" nice {niceness}"), "and its session with it"


def test_an_error_stops_the_children_too(tmp_path: Path) -> None:
    started: list[int] = []

    def fail_while_it_runs() -> None:
        with Processes(cwd=tmp_path) as processes:
            started.append(processes.start(child(tmp_path, SLEEPER)))
            raise LauncherError("something went wrong")

    with pytest.raises(LauncherError):
        fail_while_it_runs()
    assert not is_alive(started[0])


def test_a_child_that_ignores_sigterm_is_killed_after_the_patience(tmp_path: Path) -> None:
    processes = Processes(cwd=tmp_path, patience=0.3)
    stubborn = child(tmp_path, STUBBORN)
    pid = processes.start(stubborn)
    until(lambda: tail(stubborn.log) == ["deaf"])
    began = time.monotonic()
    processes.stop()
    assert not is_alive(pid)
    assert 0.3 <= time.monotonic() - began < 30


def test_a_childs_own_helper_is_stopped_with_it(tmp_path: Path) -> None:
    processes = Processes(cwd=tmp_path, patience=0.3)
    parent = child(tmp_path, WITH_HELPER)
    processes.start(parent)
    until(lambda: tail(parent.log))
    helper = int(tail(parent.log)[0])
    assert is_alive(helper)
    processes.stop()
    until(lambda: not is_alive(helper))


def test_a_dying_child_is_reported_with_the_end_of_its_log(tmp_path: Path) -> None:
    code = "print('first'); print('no such table: desks'); raise SystemExit(3)"
    with Processes(cwd=tmp_path) as processes:
        processes.start(child(tmp_path, code))
        with pytest.raises(LauncherError, match="no such table: desks") as caught:
            processes.watch()
    assert "The tester stopped by itself (exit code 3)" in str(caught.value)
    assert caught.value.exit_code == 1


def test_a_child_that_dies_while_we_wait_for_another_ends_the_waiting(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}/"
    with Processes(cwd=tmp_path) as processes:
        waiting = child(tmp_path, SLEEPER, ready_url=url)
        processes.start(waiting)
        processes.start(child(tmp_path, "raise SystemExit(1)"))
        with pytest.raises(LauncherError, match="stopped by itself"):
            processes.wait_until_ready(waiting)


def test_ready_means_that_the_address_answers_with_success(tmp_path: Path) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}/ready"
    with Processes(cwd=tmp_path) as processes:
        server = child(tmp_path, LATE_SERVER, str(port), ready_url=url)
        processes.start(server)
        processes.wait_until_ready(server)
        assert answers(url)
    assert not answers(url)


def test_a_child_that_never_gets_ready_is_named(tmp_path: Path) -> None:
    slow = Child(
        name="engine",
        command=[sys.executable, "-c", SLEEPER],
        log=tmp_path / "engine.log",
        ready_url=f"http://127.0.0.1:{free_port()}/",
        ready_seconds=0.1,
    )
    with Processes(cwd=tmp_path) as processes:
        processes.start(slow)
        with pytest.raises(LauncherError, match=r"engine did not become ready within 0\.1 s"):
            processes.wait_until_ready(slow)


def test_a_child_that_says_it_will_never_work_is_not_waited_for(tmp_path: Path) -> None:
    code = f"print('Could not load model: no slot', flush=True); {SLEEPER}"
    lost = replace(child(tmp_path, code, ready_url=REFUSED), hopeless="Could not load model")
    with Processes(cwd=tmp_path) as processes:
        processes.start(lost)
        with pytest.raises(LauncherError, match=r"tester cannot work\.[^$]*no slot"):
            processes.wait_until_ready(lost)


def test_a_command_that_does_not_exist_is_a_sentence(tmp_path: Path) -> None:
    missing = Child(name="engine", command=["/no/such/python"], log=tmp_path / "engine.log")
    with Processes(cwd=tmp_path) as processes, pytest.raises(LauncherError, match="The engine"):
        processes.start(missing)


def test_waiting_for_a_child_that_ends_gives_its_exit_code(tmp_path: Path) -> None:
    with Processes(cwd=tmp_path) as processes:
        worker = child(tmp_path, "raise SystemExit(7)")
        processes.start(worker)
        assert processes.wait_for_exit(worker) == 7
        worker = child(tmp_path, SLEEPER)
        processes.start(worker)
        threading.Timer(0.1, processes.stop_asked.set).start()
        with pytest.raises(Stopped):
            processes.wait_for_exit(worker)


SUPERVISOR = """
import sys
from collections.abc import Callable
from pathlib import Path
from bot.launcher.processes import Child, Processes
with Processes(cwd=Path("."), patience=0.5) as processes, processes.stopping_on_signals():
    code = sys.argv[1]
    child = Child(name="tester", command=[sys.executable, "-c", code], log=Path(sys.argv[2]))
    print(processes.start(child), flush=True)
    processes.watch()
print("stopped", flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("code", [SLEEPER, STUBBORN], ids=["obedient", "stubborn"])
def test_a_signal_stops_everything(tmp_path: Path, number: signal.Signals, code: str) -> None:
    log = tmp_path / "child.log"
    command = [sys.executable, "-c", SUPERVISOR, code, str(log)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as supervisor:
        assert supervisor.stdout is not None
        pid = int(supervisor.stdout.readline())
        supervisor.send_signal(number)
        assert supervisor.stdout.read() == "stopped\n"
    assert supervisor.returncode == 0
    assert not is_alive(pid)
