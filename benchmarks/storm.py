"""All open chats lose their desk in one moment, and come back: `python -m benchmarks.storm`.

The chats are the widget's own connection and outbox (storm.mjs), their sockets are real, and so is
the desk: a service on PostgreSQL that is restarted in good order, and one that is killed.
"""

import argparse
import bisect
import json
import resource
import signal
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from benchmarks.console import console
from benchmarks.customer import DESK
from benchmarks.databases import SERVER, own_database
from benchmarks.numbers import keep, markdown
from benchmarks.world import FOLDER, new_name, service, stand_in
from tests.processes import ROOT, Running, free_port

# Node has sockets of its own from then on; before, it wants to be asked.
NODE_WITH_SOCKETS = 22
# A socket here and one in the service, and what else a process has open.
FILES_MORE = 500
ENDS = {"restarted (SIGTERM)": signal.SIGTERM, "killed (SIGKILL)": signal.SIGKILL}

# Starts the service anew, always at the same address.
Start = Callable[[], AbstractContextManager[Running]]


@dataclass(frozen=True)
class Storm:
    """What became of each chat, in milliseconds since the first one fell."""

    fell: list[float]
    tried: list[float]  # began its first try to come back
    back: list[float]  # was welcomed again
    tries: int  # of all together, those in vain too
    written: int  # messages, half of them while the desk was away
    acknowledged: int

    @property
    def pauses(self) -> list[float]:
        """How long each waited before its first try."""
        return [tried - fell for fell, tried in zip(self.fell, self.tried, strict=True)]


def storm(start: Start, *, sockets: int, how: signal.Signals) -> Storm:
    """Opens so many chats, ends the service this way, starts it again, and waits for all."""
    allow_files(sockets + FILES_MORE)
    with ExitStack() as running:
        desk = running.enter_context(start())
        with _crowd(desk.url, sockets) as said:
            if said.readline() != "open\n":
                raise RuntimeError("The crowd could not open its chats; see above.")
            desk.process.send_signal(how)
            desk.process.wait()
            running.enter_context(start())
            return Storm(**json.loads(said.readline() or "{}"))


def most_within(moments: Sequence[float], window: float) -> int:
    """The most that fall into any stretch of this length, its end not counted."""
    ordered = sorted(moments)
    return max(
        bisect.bisect_left(ordered, moment + window) - at for at, moment in enumerate(ordered)
    )


def allow_files(count: int) -> None:
    """Lets this process and its children have so many open; raises when the machine forbids it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))


@contextmanager
def _crowd(url: str, sockets: int) -> Iterator[IO[str]]:
    """The chats; what they say, line by line."""
    node = [sys.executable, "-m", "scripts.with_node", "node"]
    version = subprocess.run(
        [*node, "--version"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    is_old = int(version.lstrip("v").partition(".")[0]) < NODE_WITH_SOCKETS
    flags = ["--experimental-websocket"] if is_old else []
    command = [*node, "--no-warnings", *flags, "benchmarks/storm.mjs", url, DESK, str(sockets)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as crowd:
        if crowd.stdout is None:
            raise RuntimeError("It was to be read.")
        try:
            yield crowd.stdout
        finally:
            crowd.kill()


def _row(name: str, found: Storm) -> list[str]:
    sockets = len(found.fell)
    back = [back - fell for fell, back in zip(found.fell, found.back, strict=True)]
    return [
        name,
        f"{sockets}",
        f"{most_within(found.fell, 100)}",
        f"{most_within(found.tried, 100)} / {most_within(found.tried, 1000)}",
        f"{statistics.median(found.pauses) / 1000:.1f} ({max(found.pauses) / 1000:.1f})",
        f"{statistics.median(back) / 1000:.1f} ({max(back) / 1000:.1f})",
        f"{found.tries / sockets:.1f}",
        f"{found.acknowledged} of {found.written}",
    ]


HEAD = (
    "the service is",
    "sockets",
    "fell within 100 ms",
    "first tries, most within 100 ms / 1 s",
    "pause before it, s (longest)",
    "back after, s (longest)",
    "tries each",
    "messages acknowledged",
)


def main() -> None:
    """One service, the stand-in engine; both ways to end."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.storm", description=__doc__)
    parser.add_argument("--server", default=SERVER, help="a PostgreSQL to make databases on")
    parser.add_argument("--sockets", type=int, default=2000)
    options = parser.parse_args()
    Path(FOLDER).mkdir(parents=True, exist_ok=True)
    rows, kept = [], {}
    for name, how in ENDS.items():
        port = free_port()
        with (
            own_database(new_name("storm"), options.server) as database,
            stand_in() as engine,
            console.status(f"{options.sockets} chats, the service {name}"),
        ):
            found = storm(
                lambda database=database, engine=engine, port=port: service(  # type: ignore[misc]
                    database, [engine.url], port=port
                ),
                sockets=options.sockets,
                how=how,
            )
        rows.append(_row(name, found))
        kept[name] = asdict(found)
    keep("storm", kept, [markdown(HEAD, rows)])


if __name__ == "__main__":
    main()
