"""Databases of the benchmarks' own, on a server that is there already."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy.engine.url import make_url

from bot import migrations

SERVER = "postgresql+psycopg://postgres@127.0.0.1:5432"


def plain(url: str) -> str:
    """The URL as psycopg takes it."""
    return url.replace("postgresql+psycopg", "postgresql", 1)


def create_database(url: str) -> None:
    """An empty one with all tables; what was there under that name is dropped."""
    drop_database(url)
    _at_server(url, f"CREATE DATABASE {make_url(url).database}")
    migrations.upgrade(url)


def drop_database(url: str) -> None:
    """Also when somebody is connected."""
    _at_server(url, f"DROP DATABASE IF EXISTS {make_url(url).database} WITH (FORCE)")


@contextmanager
def own_database(name: str, server: str = SERVER) -> Iterator[str]:
    """The URL of a database that is gone after the block."""
    url = f"{server}/{name}"
    create_database(url)
    try:
        yield url
    finally:
        drop_database(url)


def server_processes(url: str) -> list[int]:
    """The server's first process, if it runs on this machine and may be looked at."""
    with psycopg.connect(plain(url)) as connection:
        row = connection.execute("SELECT pg_backend_pid()").fetchone()
        stat = Path(f"/proc/{row[0] if row else 0}/stat")
        if not stat.exists() or "postgres" not in stat.read_text():
            return []
        return [int(stat.read_text().rsplit(")", 1)[1].split()[1])]


def _at_server(url: str, statement: str) -> None:
    server = make_url(plain(url)).set(database="postgres").render_as_string(hide_password=False)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement.encode())
