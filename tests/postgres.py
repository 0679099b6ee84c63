"""A PostgreSQL for tests: the one that the environment names, or one of our own for a while.

`python -m tests.postgres COMMAND…` runs a command with FIRSTLINE_TEST_DATABASE_URL set. A server
that happens to run on this machine is somebody's, and is left alone unless it is named.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from pwd import getpwnam
from typing import NoReturn
from uuid import uuid4

import psycopg
import pytest

from tests.processes import free_port

VARIABLE = "FIRSTLINE_TEST_DATABASE_URL"
READY_SECONDS = 30
# A database that lives for minutes need not survive a power cut.
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")


class NoPostgres(Exception):
    """There is none, and none can be started; the sentence says what is missing."""


def do_without(error: NoPostgres) -> NoReturn:
    """Skips the test and says why, on a user's machine; in CI it fails."""
    if os.environ.get("CI"):
        pytest.fail(str(error))
    pytest.skip(str(error))


class OwnServer:
    """A server on a temporary folder and a free port, which may be stopped, killed and started."""

    def __init__(self, folder: Path, *, settings: Sequence[str] = QUICK) -> None:
        self.port = free_port()
        self._settings = settings
        self.url = f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/postgres"
        self._programs = programs()
        self._data = folder / "postgresql"
        self._log = folder / "postgresql.log"
        self._user, self._group = _unprivileged()
        self._process: subprocess.Popen[bytes] | None = None
        self._data.mkdir(mode=0o700)
        if self._user is not None and self._group is not None:
            folder.chmod(0o755)
            os.chown(self._data, self._user, self._group)
        self._run("initdb", "-D", self._data, "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8")

    def start(self) -> None:
        """Returns once it answers."""
        settings = [part for setting in self._settings for part in ("-c", setting)]
        place = ("-D", self._data, "-k", self._data, "-p", str(self.port), "-h", "127.0.0.1")
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", *place, *settings],
                stdout=log,
                stderr=log,
                cwd=self._data.parent,
                user=self._user,
                group=self._group,
                start_new_session=True,  # a Ctrl-C is for whoever started it
            )
        end = time.monotonic() + READY_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > end:
                raise NoPostgres(f"PostgreSQL did not start: {self._log.read_text()[-500:]}")
            time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT cuts connections and stops at once; SIGQUIT as after a crash."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(READY_SECONDS)
            self._process = None

    def _answers(self) -> bool:
        try:
            psycopg.connect(plain(self.url), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _run(self, program: str, *arguments: str | Path) -> None:
        done = subprocess.run(
            [self._programs / program, *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd=self._data.parent,
            user=self._user,
            group=self._group,
        )
        if done.returncode != 0:
            raise NoPostgres(f"{program} failed: {done.stderr.strip()[-500:]}")


@contextmanager
def some_postgres() -> Iterator[str]:
    """The URL of a server on which tests may create databases; raises NoPostgres."""
    named = os.environ.get(VARIABLE)
    if named:
        try:
            psycopg.connect(plain(named), connect_timeout=5).close()
        except psycopg.OperationalError as error:
            raise NoPostgres(f"{VARIABLE} names a server that does not answer") from error
        yield named
        return
    with tempfile.TemporaryDirectory(prefix="firstline-pg-") as folder:
        server = OwnServer(Path(folder))
        server.start()
        try:
            yield server.url
        finally:
            server.stop()


@contextmanager
def fresh_database(server: str) -> Iterator[str]:
    """The URL of a database without tables, as somebody new to Firstline has it."""
    name = f"firstline_fresh_{uuid4().hex[:12]}"
    with psycopg.connect(plain(server), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        try:
            yield f"{server.rpartition('/')[0]}/{name}"
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def plain(url: str) -> str:
    """The address as psycopg itself takes it."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def programs() -> Path:
    """The newest PostgreSQL's programs, where Debian keeps them or on PATH."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda place: place.parent.name)
    on_path = shutil.which("initdb")
    if on_path:
        places.append(Path(on_path).resolve().parent)
    for place in reversed(places):
        if (place / "initdb").exists() and (place / "postgres").exists():
            return place
    raise NoPostgres(
        "PostgreSQL is not installed (on Debian and Ubuntu: apt install postgresql), "
        f"and {VARIABLE} names none"
    )


def _unprivileged() -> tuple[int | None, int | None]:
    """(user, group) to become when we are root, whom PostgreSQL refuses."""
    if os.geteuid() != 0:
        return None, None
    for name in ("postgres", "nobody"):
        try:
            user = getpwnam(name)
        except KeyError:
            continue
        return user.pw_uid, user.pw_gid
    raise NoPostgres("PostgreSQL refuses to run as root, and there is no user for it")


def main(command: Sequence[str]) -> int:
    """Runs the command on PostgreSQL; without one it is skipped, which is an error in CI."""
    try:
        with some_postgres() as url:
            print(f"Once more on PostgreSQL: {' '.join(command)}", flush=True)  # noqa: T201
            environment = os.environ | {VARIABLE: url}
            code = subprocess.run(command, env=environment, check=False).returncode
    except NoPostgres as error:
        print(f"Not run on PostgreSQL: {error}.", file=sys.stderr)  # noqa: T201
        return 1 if os.environ.get("CI") else 0
    nothing_selected = 5
    return 0 if code == nothing_selected else code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
