"""A real Redis: the one that listens here, else Debian's binary, else the test is skipped."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from tests.processes import free_port

LOCAL_URL = "redis://127.0.0.1:6379/0"
READY_SECONDS = 30.0


def client(url: str) -> "Redis":
    """A client that does not wait for a server that is not there."""
    return Redis.from_url(url, socket_timeout=2, retry=Retry(NoBackoff(), 0))


def answers(url: str) -> bool:
    with client(url) as redis:
        try:
            return bool(redis.ping())
        except RedisError:
            return False


@dataclass
class RedisPlace:
    """A Redis with a prefix of its own, so that tests and other programs do not meet."""

    url: str
    prefix: str = field(default_factory=lambda: f"firstline-test-{uuid4().hex[:8]}:")

    @property
    def settings(self) -> dict[str, Any]:
        """What `Settings` needs to know."""
        return {"redis_url": self.url, "redis_prefix": self.prefix}

    def names(self) -> list[str]:
        with client(self.url) as redis:
            return sorted(key.decode() for key in redis.scan_iter(f"{self.prefix}*"))

    def clear(self) -> None:
        with client(self.url) as redis:
            for key in self.names():
                redis.delete(key)


class OwnRedis(RedisPlace):
    """A server of the test's own, to be killed and started again; keeps nothing on the disk."""

    def __init__(self, binary: str, folder: Path, *, password: str = "") -> None:
        self._binary, self._folder, self._password = binary, folder, password
        self.port = free_port()
        super().__init__(f"redis://{f':{password}@' if password else ''}127.0.0.1:{self.port}/0")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it answers."""
        command = [self._binary, "--port", str(self.port), "--bind", "127.0.0.1"]
        command += ["--dir", str(self._folder), "--save", "", "--appendonly", "no"]
        command += ["--requirepass", self._password] if self._password else []
        log = (self._folder / "redis.log").open("ab")
        with log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )
        deadline = time.monotonic() + READY_SECONDS
        while not answers(self.url):
            if time.monotonic() > deadline or self._process.poll() is not None:
                raise RuntimeError((self._folder / "redis.log").read_text(errors="replace"))
            time.sleep(0.05)

    def kill(self) -> None:
        """As a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """It holds its connections and says nothing, as behind a cut network."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)


def redis_binary() -> str:
    """Debian's `redis-server`; skips the test without it, or fails it in CI."""
    path = shutil.which("redis-server")
    if path is None:
        reason = "Redis is not installed (on Debian and Ubuntu: apt install redis-server)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return path


@contextmanager
def own_redis_server(folder: Path, *, password: str = "") -> Iterator[OwnRedis]:
    """Runs until the block ends."""
    server = OwnRedis(redis_binary(), folder, password=password)
    server.start()
    try:
        yield server
    finally:
        server.kill()


@contextmanager
def some_redis(folder: Path) -> Iterator[str]:
    """Where a Redis works: FIRSTLINE_TEST_REDIS_URL, this machine, or one of our own."""
    named = os.environ.get("FIRSTLINE_TEST_REDIS_URL")
    if named:
        yield named
    elif answers(LOCAL_URL):
        yield LOCAL_URL
    else:
        with own_redis_server(folder) as server:
            yield server.url
