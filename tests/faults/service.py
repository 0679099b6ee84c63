"""Starts desks as real processes, quickly: everything is imported once, each desk is a fork.

`python -m tests.faults.service`, orders on standard input, a JSON object a line:
`{"name": "a", "env": {…}, "log": "…"}` starts a desk. Answers, a line each: `{"name", "pid"}`
when it was started, `{"name", "pid", "ended": STATUS}` when it ended. When the input ends, all end.

A desk is `bot.main:create_app` under uvicorn as `firstline serve` runs it, with three things of
the test's own: shorter waits (SHORT), a clock that the test can move, and a channel to a fake
vendor. Nothing else is different.
"""

# The clock must be in place before any module takes its own `now`.
# ruff: noqa: E402
import json
import mmap
import os
import selectors
import signal
import struct
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

from bot import clock

CLOCK = "FIRSTLINE_TEST_CLOCK"
VENDOR = "FIRSTLINE_TEST_VENDOR"
_offset: list[mmap.mmap] = []


def shifted_now() -> datetime:
    """The time of day as this machine has it, and what the test adds to it."""
    moment = datetime.now(UTC)
    if _offset:
        (seconds,) = struct.unpack("d", _offset[0][:8])
        moment += timedelta(seconds=seconds)
    return moment


clock.now = shifted_now

import uvicorn
from fastapi import FastAPI

from bot import crash, postgres
from bot.dialogue import breaker, pool
from bot.launcher.serving import DeskServer
from bot.launcher.single import GRACEFUL_SECONDS, MAX_FRAME_BYTES
from bot.main import create_app
from bot.outbox import pauses, worker
from bot.routing import service as routing
from bot.settings import Settings
from bot.shared import link
from connectors.web import lookout, socket
from tests.faults import vendor_channel

# Whoever dies is noticed in a second or two rather than in a minute; the proportions stay.
SHORT: dict[ModuleType, dict[str, Any]] = {
    routing: {
        "LEASE": timedelta(seconds=1.2),
        "EXTEND_SECONDS": 0.3,
        "SWEEP_SECONDS": 0.2,
        "STOP_SECONDS": 1.5,
    },
    worker: {
        "HOLD": timedelta(seconds=1.2),
        "EXTEND_SECONDS": 0.3,
        "SWEEP_SECONDS": 0.2,
        "STOP_SECONDS": 1.5,
        "MAX_ATTEMPTS": 30,
    },
    pauses: {
        "FIRST_WAIT_SECONDS": 0.05,
        "LONGEST_WAIT_SECONDS": 0.4,
        "LONGEST_TAKEN_OVER_SECONDS": 2.0,
    },
    breaker: {"FIRST_PAUSE_SECONDS": 0.05, "LONGEST_PAUSE_SECONDS": 0.4},
    pool: {"LOOK_SECONDS": 0.05, "PROBE_SECONDS": 0.4, "PROBE_AGAIN_SECONDS": 0.1},
    link: {
        "PATIENCE_SECONDS": 0.4,
        "PING_SECONDS": 0.5,
        "FIRST_PAUSE_SECONDS": 0.05,
        "LONGEST_PAUSE_SECONDS": 0.3,
    },
    socket: {"FETCH_AGAIN_SECONDS": 0.2},
    lookout: {"LOOK_SECONDS": 1.0},
    postgres: {"CONNECT_SECONDS": 2},
}


def shorten() -> None:
    """Puts SHORT in place; a name that is gone is an error, so that none goes unnoticed."""
    for module, values in SHORT.items():
        for name, value in values.items():
            if not hasattr(module, name):
                raise AttributeError(f"{module.__name__} has no {name} any more: see SHORT")
            setattr(module, name, value)


def desk() -> FastAPI:
    """The app, with the fake vendor's channel beside the web's."""
    app = create_app(Settings())
    vendor_channel.add_to(app, os.environ[VENDOR])
    return app


def run_desk(env: dict[str, str], log: str) -> None:
    """In the forked process, until it ends."""
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.environ.update(env)
    crash.arm()
    with Path(env[CLOCK]).open("rb") as file:
        _offset.append(mmap.mmap(file.fileno(), 8, prot=mmap.PROT_READ))
    config = uvicorn.Config(
        desk,
        factory=True,
        host="127.0.0.1",
        port=int(env["FIRSTLINE_PORT"]),
        log_level="warning",
        access_log=False,
        ws_max_size=MAX_FRAME_BYTES,
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
    )
    DeskServer(config).run()


def main() -> None:
    """Takes orders until the input ends."""
    shorten()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    awake, waker = os.pipe()
    os.set_blocking(waker, False)
    signal.set_wakeup_fd(waker)
    signal.signal(signal.SIGCHLD, lambda _signal, _frame: None)
    children: dict[int, str] = {}
    selector = selectors.DefaultSelector()
    selector.register(0, selectors.EVENT_READ)
    selector.register(awake, selectors.EVENT_READ)
    early = b""
    say(ready=True)
    while True:
        for key, _ in selector.select():
            if key.fd == awake:
                os.read(awake, 4096)
                reap(children)
                continue
            data = os.read(0, 65536)
            if not data:
                for pid in children:
                    with suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                return
            *lines, early = (early + data).split(b"\n")
            for line in lines:
                order = json.loads(line)
                pid = os.fork()
                if pid == 0:
                    signal.set_wakeup_fd(-1)
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    code = 1
                    try:
                        run_desk(order["env"], order["log"])
                        code = 0
                    except SystemExit as end:
                        code = end.code if isinstance(end.code, int) else 1
                    finally:
                        os._exit(code)
                children[pid] = order["name"]
                say(name=order["name"], pid=pid)


def reap(children: dict[int, str]) -> None:
    """Tells which desks have ended."""
    for pid in tuple(children):
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            say(name=children.pop(pid), pid=pid, ended=os.waitstatus_to_exitcode(status))


# `Any`: JSON.
def say(**fields: Any) -> None:
    """A line to whoever gave the orders."""
    sys.stdout.write(json.dumps(fields) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
