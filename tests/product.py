"""Runs `firstline up` as a user would, on free ports, and knows its first agent's password."""

import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.postgres import VARIABLE, fresh_database
from tests.processes import free_port

START_SECONDS = 400  # the first start trains
STOP_SECONDS = 40


@dataclass(frozen=True)
class Product:
    """A running Firstline."""

    url: str
    engine_url: str
    orders_url: str
    agent_email: str
    agent_password: str
    data_dir: Path
    environment: dict[str, str]
    start_seconds: float
    process: subprocess.Popen[bytes]

    @property
    def socket_url(self) -> str:
        return f"{self.url.replace('http', 'ws')}/widget/socket"


def free_ports(count: int) -> list[int]:
    """Ports that nobody uses at this moment."""
    found: set[int] = set()
    while len(found) < count:
        found.add(free_port())
    return list(found)


@contextmanager
def start_product(folder: Path, *arguments: str, **overrides: str) -> Iterator[Product]:
    """The product on the run's kind of database; see `_start`."""
    server = os.environ.get(VARIABLE)
    if server is None or "FIRSTLINE_DATABASE_URL" in overrides:
        with _start(folder, *arguments, **overrides) as product:
            yield product
        return
    with (
        fresh_database(server) as url,
        _start(folder, *arguments, FIRSTLINE_DATABASE_URL=url, **overrides) as product,
    ):
        yield product


@contextmanager
def _start(folder: Path, *arguments: str, **overrides: str) -> Iterator[Product]:
    """`firstline up` with these arguments: waits for its welcome, stops it with Ctrl-C."""
    desk, engine, actions, orders, itsm = free_ports(5)
    environment = os.environ | {
        "FIRSTLINE_DATA_DIR": str(folder),
        "FIRSTLINE_PORT": str(desk),
        "FIRSTLINE_UNDO_SEND_SECONDS": "0",
        "FIRSTLINE_ENGINE_URL": f"http://127.0.0.1:{engine}",
        "FIRSTLINE_ACTIONS_URL": f"http://127.0.0.1:{actions}/webhook",
        "FIRSTLINE_ORDERS_URL": f"http://127.0.0.1:{orders}",
        "FIRSTLINE_ITSM_URL": f"http://127.0.0.1:{itsm}",
        "COLUMNS": "200",
        **overrides,
    }
    command = [str(Path(sys.executable).with_name("firstline")), "up", *arguments]
    started = time.monotonic()
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        output = _read_until(process, "Ctrl-C stops it")
        password = re.search(r"One-time password\s+(\S+)", output)
        email = re.search(r"First agent\s+(\S+)", output)
        yield Product(
            url=f"http://127.0.0.1:{desk}",
            engine_url=environment["FIRSTLINE_ENGINE_URL"],
            orders_url=environment["FIRSTLINE_ORDERS_URL"],
            agent_email=email.group(1) if email else "",
            agent_password=password.group(1) if password else "",
            data_dir=folder,
            environment=environment,
            start_seconds=time.monotonic() - started,
            process=process,
        )
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        try:
            process.communicate(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise


def _read_until(process: subprocess.Popen[bytes], sign: str) -> str:
    """The output so far, once it shows the sign; its end as the error when it never does."""
    assert process.stdout is not None
    output, deadline = b"", time.monotonic() + START_SECONDS
    while sign.encode() not in output:
        ready, _, _ = select.select([process.stdout], [], [], 1.0)
        # Past Python's buffer: select sees only what is still with the system.
        piece = os.read(process.stdout.fileno(), 65536) if ready else b""
        output += piece
        if (ready and not piece) or time.monotonic() > deadline:
            raise AssertionError(f"firstline up did not start:\n{output[-3000:].decode()}")
    return output.decode()
