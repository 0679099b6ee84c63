"""Starts the real processes around a test: sample systems, action server and dialogue engine.

Plain functions and context managers; what they start is ready when they return, and gone after.
"""

import json
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from bot.launcher.plan import ENGINE_NICENESS
from bot.launcher.processes import let_others_go_first

ROOT = Path(__file__).resolve().parent.parent
ENGINE_PYTHON = str(ROOT / ".venv-engine" / "bin" / "python")
QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}
READY_SECONDS = 90.0
NOWHERE = "http://127.0.0.1:9"
EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")  # on Linux
POLL_SECONDS = 0.1


@dataclass(frozen=True)
class Running:
    """A started process and where it listens."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path


def newest_model() -> Path:
    """The model under test: FIRSTLINE_TEST_MODEL, or the newest in models/."""
    named = os.environ.get("FIRSTLINE_TEST_MODEL")
    found = [Path(named)] if named else sorted(ROOT.glob("models/*.tar.gz"), key=_age)
    if not found or not found[-1].is_file():
        raise FileNotFoundError("There is no trained model; run `make train`.")
    return found[-1]


def _age(path: Path) -> float:
    return path.stat().st_mtime


# `Any`: what the script prints, as JSON.
def ask_engine(script: str, *arguments: str) -> Any:
    """Runs a script in the engine's environment, which has no pytest; its last line is JSON."""
    done = subprocess.run(
        [ENGINE_PYTHON, "-c", script, *arguments],
        cwd=ROOT,
        env=QUIET,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def free_port() -> int:
    """A port of this machine that nobody listens on now, and that no client's own end ever gets.

    The kernel gives its own choice (port 0) to the next client as well: until the process listens
    there, somebody else may have it, and one that tries in vain could connect to itself.
    """
    first = _first_of_clients()
    for port in random.SystemRandom().sample(range(first // 2, first), 100):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    raise RuntimeError(f"None of 100 ports below {first} is free.")


def _first_of_clients() -> int:
    """Where the kernel's own choice begins."""
    if EPHEMERAL.exists():
        return int(EPHEMERAL.read_text().split()[0])
    return 32768


@contextmanager
def running(
    command: Sequence[str],
    *,
    port: int,
    ready: str,
    log: Path,
    env: Mapping[str, str],
    niceness: int = 0,
) -> Iterator[Running]:
    """Runs the command until the block ends; raises with its log when it does not get ready."""
    url = f"http://127.0.0.1:{port}"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **QUIET, **env},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    if niceness:
        let_others_go_first(process.pid, niceness, has_session=False)
    try:
        _wait_until_ready(process, f"{url}{ready}", log)
        yield Running(url, process, log)
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """Asks it to end, and insists after a while."""
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait_until_ready(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(url, timeout=2).is_success:
                return
        except httpx.HTTPError:
            pass
        time.sleep(POLL_SECONDS)
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-30:])
    raise RuntimeError(f"{url} did not get ready; the end of {log}:\n{tail}")


def children(parent: int, sign: str) -> set[int]:
    """Processes that this one started whose command line holds the sign."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            started_by = (folder / "stat").read_text().rpartition(")")[2].split()[1]
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue  # it ended meanwhile
        if int(started_by) == parent and sign in command:
            found.add(int(folder.name))
    return found


@contextmanager
def order_service(log_folder: Path) -> Iterator[Running]:
    """The sample orders of the demo."""
    port = free_port()
    command = [sys.executable, "-m", "demo.orders", "--port", str(port)]
    log = log_folder / f"orders-{port}.log"
    with running(command, port=port, ready="/health", log=log, env={}) as started:
        yield started


@contextmanager
def it_service(log_folder: Path) -> Iterator[Running]:
    """The sample tickets, accounts and requests of the demo."""
    port = free_port()
    command = [sys.executable, "-m", "demo.itsm", "--port", str(port)]
    log = log_folder / f"itsm-{port}.log"
    with running(command, port=port, ready="/health", log=log, env={}) as started:
        yield started


@contextmanager
def action_server(
    log_folder: Path, *, orders_url: str, itsm_url: str = NOWHERE
) -> Iterator[Running]:
    """The custom actions; the addresses may lead nowhere."""
    port = free_port()
    command = [ENGINE_PYTHON, "-m", "rasa_sdk", "--actions", "actions", "--port", str(port)]
    log = log_folder / f"actions-{port}.log"
    env = {"FIRSTLINE_ORDERS_URL": orders_url, "FIRSTLINE_ITSM_URL": itsm_url}
    with running(command, port=port, ready="/health", log=log, env=env) as started:
        yield started


@contextmanager
def dialogue_engine(
    log_folder: Path,
    *,
    actions_url: str,
    model: Path | None = None,
    credentials: Path = ROOT / "credentials.yml",
) -> Iterator[Running]:
    """The engine; actions_url is the action server's whole webhook address."""
    port = free_port()
    command = [
        *(ENGINE_PYTHON, "-m", "rasa", "run"),
        *("--model", str(model or newest_model())),
        *("--endpoints", "endpoints.yml", "--credentials", str(credentials)),
        *("-i", "127.0.0.1", "--port", str(port)),
    ]
    log = log_folder / f"engine-{port}.log"
    env = {"FIRSTLINE_ACTIONS_URL": actions_url}
    ready = "/webhooks/turn/ready"
    with running(
        command, port=port, ready=ready, log=log, env=env, niceness=ENGINE_NICENESS
    ) as started:
        yield started
