"""`firstline service`, `engine`, `actions`: one process each, as systemd or a container runs it."""

import asyncio
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from bot.launcher.plan import ENGINE_NICENESS
from bot.launcher.ports import Address, listen
from tests.launcher.test_models import write_model
from tests.launcher.test_startup import STAND_IN
from tests.processes import free_port

FIRSTLINE = [sys.executable, "-c", "from bot.cli import main; main()"]


@contextmanager
def service(data: Path, *arguments: str, sockets: tuple[int, ...] = ()) -> Iterator[int]:
    """A running one with a database of its own; gives its process id."""
    env = {**os.environ, "FIRSTLINE_DATA_DIR": str(data), "FIRSTLINE_LOG_LEVEL": "error"}
    env["FIRSTLINE_ENGINE_URL"] = "http://127.0.0.1:9"
    command = [*FIRSTLINE, "service", *arguments]
    with subprocess.Popen(command, env=env, pass_fds=sockets) as process:
        try:
            yield process.pid
        finally:
            process.kill()


def until_alive(port: int) -> None:
    deadline = time.monotonic() + 100
    while True:
        try:
            httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=5).raise_for_status()
        except httpx.HTTPError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        else:
            return


def test_services_share_a_port_and_a_killed_one_takes_nothing_with_it(tmp_path: Path) -> None:
    address = Address("desk", "127.0.0.1", free_port(), "FIRSTLINE_PORT")
    own = [free_port(), free_port()]
    with listen(address) as shared, ExitStack() as running:
        places = [["--socket", str(shared.fileno()), "--own-port", str(port)] for port in own]
        pids = [
            running.enter_context(service(tmp_path / str(at), *place, sockets=(shared.fileno(),)))
            for at, place in enumerate(places)
        ]
        for port in (*own, address.port):
            until_alive(port)
        os.kill(pids[0], signal.SIGKILL)
        for _ in range(20):
            assert httpx.get(f"{address.url}/healthz", timeout=20).is_success
        os.kill(pids[1], signal.SIGTERM)
        # Nobody serves now; whoever comes waits in the socket's own queue for the next one.
        with socket.create_connection((address.host, address.port)) as waiting:
            waiting.sendall(b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
            with service(tmp_path / "0", *places[0], sockets=(shared.fileno(),)):
                waiting.settimeout(40)
                assert b"200 OK" in waiting.recv(1000)


def test_sigterm_tells_sockets_to_connect_elsewhere(tmp_path: Path) -> None:
    port = free_port()

    async def close_code() -> int | None:
        async with connect(f"ws://127.0.0.1:{port}/widget/socket") as line:
            os.kill(pid, signal.SIGTERM)
            with pytest.raises(ConnectionClosed):
                await asyncio.wait_for(line.recv(), 20)
            return line.close_code

    with service(tmp_path, "--port", str(port)) as pid:
        until_alive(port)
        assert asyncio.run(close_code()) == 1012


def test_a_connection_that_a_proxy_keeps_is_not_closed_under_it(tmp_path: Path) -> None:
    port = free_port()
    with service(tmp_path, "--port", str(port)):
        until_alive(port)
        kept = HTTPConnection("127.0.0.1", port, timeout=40)
        with closing(kept):
            kept.request("GET", "/healthz")
            assert kept.getresponse().read()
            line = kept.sock
            # What uvicorn would close is closed after 5 s: its end could be read then.
            assert select.select([line], [], [], 7)[0] == []
            kept.request("GET", "/healthz")
            assert kept.getresponse().status == 200
            assert kept.sock is line


def test_a_socket_that_is_none_is_a_sentence(tmp_path: Path) -> None:
    env = {**os.environ, "FIRSTLINE_DATA_DIR": str(tmp_path)}
    command = [*FIRSTLINE, "service", "--socket", "57"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "--socket 57 is no listening socket" in done.stderr
    assert "Traceback" not in done.stderr


BECOME = """
import sys
from pathlib import Path
from bot.launcher import LauncherError
from bot.launcher.plan import Plan
from bot.launcher.single import become_action_server, become_engine
from bot.settings import Settings
root, what, port = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
plan = Plan(Settings(data_dir=root / "var", models_dir=root / "models"), root)
try:
    if what == "engine":
        become_engine(plan, host="", port=port)
    become_action_server(plan, port=port)
except LauncherError as error:
    sys.exit(f"{error.exit_code} {error}")
"""


@pytest.mark.parametrize("what", ["engine", "actions"])
def test_an_engine_and_actions_are_the_process_itself(tmp_path: Path, what: str) -> None:
    python = tmp_path / ".venv-engine/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text(STAND_IN.format(python=sys.executable, dies=False))
    python.chmod(0o755)
    port = free_port()
    command = [sys.executable, "-c", BECOME, str(tmp_path), what, str(port)]
    if what == "engine":
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.stderr.startswith(f"2 {tmp_path / 'models/firstline.tar.gz'} does not exist")
        (tmp_path / "models").mkdir()
        write_model(tmp_path / "models/firstline.tar.gz", "m1")
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdout=quiet, start_new_session=True) as process:
        until_alive(port)
        answered_by = httpx.get(f"http://127.0.0.1:{port}/", timeout=60).json()["pid"]
        niceness = os.getpriority(os.PRIO_PROCESS, process.pid)
        session = Path(f"/proc/{process.pid}/autogroup")
        said = session.read_text() if session.exists() else ""
        process.terminate()
    assert answered_by == process.pid
    ours = os.getpriority(os.PRIO_PROCESS, 0)
    assert niceness == (ENGINE_NICENESS if what == "engine" else ours)
    if said:
        assert said.rstrip().endswith(" nice 0"), "the terminal's, which outlives it"


def test_without_its_environment_it_says_what_to_run(tmp_path: Path) -> None:
    command = [sys.executable, "-c", BECOME, str(tmp_path), "actions", str(free_port())]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr.startswith("2 The action server cannot be started")
    assert "make setup" in done.stderr
