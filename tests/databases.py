"""The database of a test: SQLite in its folder, or PostgreSQL when the environment names one."""

import atexit
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

import psycopg
import pytest

from bot import migrations
from tests.postgres import VARIABLE, plain

SQLITE_ONLY = pytest.mark.skipif(
    VARIABLE in os.environ, reason="only on SQLite: the work of its one process, or its file"
)


class Schemas:
    """A database of this pytest process, with a schema for each folder that is in use.

    A schema is made once by our migrations, and emptied for the next test: that takes 5 ms.
    """

    def __init__(self, server: str) -> None:
        self._server = server
        self._name = f"firstline_test_{os.getpid()}"
        self._url = f"{server.rpartition('/')[0]}/{self._name}"
        self._made = 0
        self._free: list[str] = []
        self._lent: dict[Path, str] = {}
        self._run(f"DROP DATABASE IF EXISTS {self._name} WITH (FORCE)")
        self._run(f"CREATE DATABASE {self._name}")
        self._inside = psycopg.connect(plain(self._url), autocommit=True)

    def url(self, folder: Path) -> str:
        """The folder's database, empty at first, with all tables."""
        if folder not in self._lent:
            self._lent[folder] = self._free.pop() if self._free else self._make()
        return self._url_of(self._lent[folder])

    def take_back(self) -> None:
        """Nobody uses any schema now: they are emptied for whoever comes next."""
        for schema in self._lent.values():
            self._empty(schema)
            self._free.append(schema)
        self._lent.clear()

    def drop(self) -> None:
        """Leaves the server as it was."""
        self._inside.close()
        self._run(f"DROP DATABASE IF EXISTS {self._name} WITH (FORCE)")

    def _make(self) -> str:
        self._made += 1
        schema = f"desk{self._made}"
        self._inside.execute(f"CREATE SCHEMA {schema}")
        migrations.upgrade(self._url_of(schema))
        return schema

    def _empty(self, schema: str) -> None:
        tables = self._inside.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = %s AND tablename != %s",
            (schema, "alembic_version"),
        ).fetchall()
        sequences = self._inside.execute(
            "SELECT sequencename FROM pg_sequences WHERE schemaname = %s", (schema,)
        ).fetchall()
        # One transaction: foreign keys are looked at when it ends.
        work = [f"DELETE FROM {schema}.{name}" for (name,) in tables]  # noqa: S608 - our names
        work += [f"ALTER SEQUENCE {schema}.{name} RESTART" for (name,) in sequences]
        self._inside.execute("; ".join(["SET lock_timeout = '10s'", *work]).encode())

    def _url_of(self, schema: str) -> str:
        # Tests do not wait for the disk.
        options = f"-csearch_path%3D{schema}%20-csynchronous_commit%3Doff"
        return f"{self._url}?options={options}"

    def _run(self, statement: str) -> None:
        with psycopg.connect(plain(self._server), autocommit=True) as connection:
            connection.execute(statement.encode())


_schemas: list[Schemas] = []


def on_postgresql() -> bool:
    """Whether this run is the one on PostgreSQL."""
    return VARIABLE in os.environ


def schemas() -> Schemas:
    """This process's schemas on the server that the environment names."""
    if not _schemas:
        _schemas.append(Schemas(os.environ[VARIABLE]))
    return _schemas[0]


def database_of(folder: Path) -> str:
    """The URL of the folder's database: the same folder has the same one."""
    if on_postgresql():
        return schemas().url(folder)
    file = folder / "firstline.db"
    if not file.exists():
        shutil.copyfile(_migrated_file(), file)
    return f"sqlite+aiosqlite:///{file}"


@cache
def _migrated_file() -> Path:
    """A SQLite file with all tables, and nothing in them."""
    folder = Path(tempfile.mkdtemp(prefix="firstline-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    file = folder / "firstline.db"
    migrations.upgrade(f"sqlite+aiosqlite:///{file}")
    return file


def give_back() -> None:
    """After each test, when nothing is open any more."""
    for made in _schemas:
        made.take_back()


def drop_all() -> None:
    """After the last test."""
    while _schemas:
        _schemas.pop().drop()
