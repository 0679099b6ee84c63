"""A wrong setting or database is one sentence that names it, and exit code 2; no traceback."""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from alembic import command
from sqlalchemy import text

from bot import migrations
from bot.main import create_app
from bot.settings import Settings
from tests.desk import ScriptedEngine
from tests.postgres import NoPostgres, OwnServer, do_without, fresh_database, plain
from tests.processes import free_port
from tests.redis_server import OwnRedis, RedisPlace, client, own_redis_server


def firstline(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    program = [str(Path(sys.executable).with_name("firstline")), *arguments]
    environment = os.environ | {"COLUMNS": "200"} | settings
    return subprocess.run(
        program, env=environment, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize(
    ("setting", "value", "says"),
    [
        ("FIRSTLINE_PORT", "abc", "valid integer"),
        ("FIRSTLINE_PORT", "99999", "65535"),
        ("FIRSTLINE_DATABASE_URL", "nonsense", "sqlite+aiosqlite:///PATH"),
        ("FIRSTLINE_REDIS_URL", "hunter2", "must be redis://HOST:PORT/DB"),
        ("FIRSTLINE_REDIS_URL", "http://:hunter2@cache:6379", "must be redis://HOST:PORT/DB"),
        ("FIRSTLINE_REDIS_URL", "redis://:hunter2#@cache:6379", "%23 for #"),
        ("FIRSTLINE_REDIS_URL", "redis://:hunter2@", "must be redis://HOST:PORT/DB"),
        ("FIRSTLINE_REDIS_URL", "redis://:hunter2@cache:abc", "must be redis://HOST:PORT/DB"),
        ("FIRSTLINE_REDIS_URL", "redis://:hunter2@cache/one", "number of a database"),
        ("FIRSTLINE_REDIS_URL", "redis://cache/0?pasword=hunter2", "option after"),
        ("FIRSTLINE_REDIS_PREFIX", "a prefix", "pattern"),
        ("FIRSTLINE_DATABASE_URL", "postgresql://me:hunter2@db/x", "postgresql+psycopg://"),
        ("FIRSTLINE_DATABASE_URL", "postgresql+psycopg://me:hunter2@db", "NAME"),
        ("FIRSTLINE_DATABASE_URL", "postgresql+psycopg://me:hunter2@x:y@db/x", "@ is %40"),
        ("FIRSTLINE_DATABASE_URL", "postgresql+psycopg://me:hunter2@127.0.0.1:9/x", "127.0.0.1:9"),
        ("FIRSTLINE_DATABASE_CONNECTIONS", "1", "greater than or equal to 2"),
        ("FIRSTLINE_ENGINE_TIMEOUT", "0", "greater than 0"),
        ("FIRSTLINE_ENGINE_URL", "http://a:5005,localhost:5006", "http://HOST:PORT"),
        ("FIRSTLINE_ENGINE_URL", "http://me:hunter2@", "http://HOST:PORT"),
        ("FIRSTLINE_ENGINE_URL", " , ", "names no engine"),
        ("FIRSTLINE_ENGINE_URL", "@", "names no engine"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path: Path, setting: str, value: str, says: str) -> None:
    place = {"FIRSTLINE_DATA_DIR": str(tmp_path)}
    done = firstline("serve", **(place | {setting: value}))
    assert done.returncode == 2
    assert setting in done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert "hunter2" not in done.stderr


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "firstline.db").write_bytes(b"This is a diary, not a database. " * 100)
    done = firstline("db", "upgrade", FIRSTLINE_DATA_DIR=str(tmp_path))
    assert done.returncode == 2
    assert "file is not a database" in done.stderr
    assert "Traceback" not in done.stderr


def refused(*arguments: str, **settings: str) -> str:
    """The one sentence of a command that will not start."""
    done = firstline(*arguments, **settings)
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.mark.parametrize("command", ["serve", "up"])
def test_a_redis_that_is_not_there_is_named(tmp_path: Path, command: str) -> None:
    url = f"redis://:hunter2@127.0.0.1:{free_port()}/0"
    said = refused(command, FIRSTLINE_DATA_DIR=str(tmp_path), FIRSTLINE_REDIS_URL=url)
    assert said.startswith("FIRSTLINE_REDIS_URL: redis://127.0.0.1:")
    assert "cannot be reached" in said
    assert "hunter2" not in said


@pytest.fixture
def locked_redis(tmp_path: Path) -> Iterator[OwnRedis]:
    """It wants the password «opensesame»."""
    with own_redis_server(tmp_path, password="opensesame") as server:
        yield server


def test_a_password_that_is_missing_or_wrong_is_told(
    tmp_path: Path, locked_redis: OwnRedis
) -> None:
    place = f"127.0.0.1:{locked_redis.port}/0"
    data = {"FIRSTLINE_DATA_DIR": str(tmp_path)}
    missing = refused("serve", **data, FIRSTLINE_REDIS_URL=f"redis://{place}")
    assert f"FIRSTLINE_REDIS_URL: redis://{place} wants a password" in missing
    for user in ("", "somebody"):
        wrong = refused("serve", **data, FIRSTLINE_REDIS_URL=f"redis://{user}:hunter2@{place}")
        assert f"redis://{place} refuses the user name or the password" in wrong
        assert "hunter2" not in wrong
    far = refused("serve", **data, FIRSTLINE_REDIS_URL=f"{locked_redis.url[:-1]}99")
    assert "DB index is out of range" in far
    assert "opensesame" not in far


def test_a_redis_user_that_may_not_publish_is_told(tmp_path: Path, own_redis: OwnRedis) -> None:
    with client(own_redis.url) as raw:
        rights = ("on", ">hunter2", "+@all", "~*", "resetchannels")
        raw.execute_command("ACL", "SETUSER", "quiet", *rights)
    url = own_redis.url.replace("redis://", "redis://quiet:hunter2@")
    said = refused("serve", FIRSTLINE_DATA_DIR=str(tmp_path), FIRSTLINE_REDIS_URL=url)
    assert "does not allow its user what the desk needs" in said


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """One without tables."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'shared.db'}"
        return
    with fresh_database(request.getfixturevalue("postgresql")) as fresh:
        yield fresh


def test_two_programs_with_different_secrets_do_not_share_a_database(
    tmp_path: Path, database: str
) -> None:
    asyncio.run(start_once(Settings(data_dir=tmp_path / "one", database_url=database)))
    other = {"FIRSTLINE_DATABASE_URL": database, "FIRSTLINE_DATA_DIR": str(tmp_path / "two")}
    said = refused("serve", **other)
    assert said.startswith("FIRSTLINE_TOKEN_SECRET: the database (FIRSTLINE_DATABASE_URL) is used")
    assert "hunter2" not in refused("serve", **other, FIRSTLINE_TOKEN_SECRET="hunter2")
    generated = json.loads((tmp_path / "one" / "secrets.json").read_text())["token_secret"]
    right = Settings(data_dir=tmp_path / "two", database_url=database, token_secret=generated)
    asyncio.run(start_once(right))
    assert firstline("db", "forget-secret", **other).returncode == 0
    asyncio.run(start_once(Settings(data_dir=tmp_path / "two", database_url=database)))


def test_two_programs_with_different_secrets_do_not_share_a_redis(
    tmp_path: Path, redis: RedisPlace
) -> None:
    one = Settings(data_dir=tmp_path / "one", **redis.settings)
    asyncio.run(start_once(one))
    asyncio.run(start_once(one))
    other = {
        "FIRSTLINE_DATA_DIR": str(tmp_path / "two"),
        "FIRSTLINE_REDIS_URL": redis.url,
        "FIRSTLINE_REDIS_PREFIX": redis.prefix,
    }
    said = refused("serve", **other)
    assert said.startswith("FIRSTLINE_TOKEN_SECRET: the Redis at redis://")
    assert f"FIRSTLINE_REDIS_PREFIX={redis.prefix}" in said
    assert firstline("db", "forget-secret", **other).returncode == 0
    asyncio.run(start_once(Settings(data_dir=tmp_path / "two", **redis.settings)))


async def start_once(settings: Settings) -> None:
    app = create_app(settings, engine=ScriptedEngine())
    async with app.router.lifespan_context(app):
        pass


def test_a_database_that_is_missing_on_the_server_is_named(postgresql: str) -> None:
    url = f"{postgresql.rpartition('/')[0]}/nowhere"
    done = firstline("serve", FIRSTLINE_DATABASE_URL=url)
    assert done.returncode == 2
    assert "FIRSTLINE_DATABASE_URL" in done.stderr
    assert "no database nowhere" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", [["serve"], ["up"], ["agent", "add", "a@b.c", "--name", "A"]])
def test_a_database_of_a_newer_program_is_named(database: str, arguments: list[str]) -> None:
    migrations.upgrade(database)
    engine = migrations.plain_engine(database)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    said = refused(*arguments, FIRSTLINE_DATABASE_URL=database)
    assert said.startswith("FIRSTLINE_DATABASE_URL: the database is at version 9999")
    assert "a newer Firstline has worked on it" in said


def test_an_older_database_is_brought_up_to_date_by_a_desk_and_named_by_a_command(
    tmp_path: Path, database: str
) -> None:
    """A command that changes accounts changes no tables under a desk of the older program."""
    command.upgrade(migrations.config(database), "0002")
    place = {"FIRSTLINE_DATABASE_URL": database, "FIRSTLINE_DATA_DIR": str(tmp_path)}
    promote = ("agent", "role", "ola@example.com", "admin")
    said = refused(*promote, **place)
    assert said.startswith("FIRSTLINE_DATABASE_URL: the database is at version 0002")
    assert "run `firstline db upgrade`" in said
    asyncio.run(start_once(Settings(data_dir=tmp_path, database_url=database)))
    assert firstline("agent", "add", "ola@example.com", "--name", "Ola", **place).returncode == 0
    assert firstline(*promote, **place).returncode == 0


@pytest.fixture
def strict_postgresql() -> Iterator[OwnServer]:
    """It lets `postgres` in, and everybody else by password."""
    # Not in pytest's folder: whom PostgreSQL runs as may not look into that.
    with tempfile.TemporaryDirectory(prefix="firstline-pg-") as folder:
        try:
            server = OwnServer(Path(folder))
        except NoPostgres as error:
            do_without(error)
        rules = "host all postgres all trust\nhost all all all scram-sha-256\n"
        (Path(folder) / "postgresql" / "pg_hba.conf").write_text(rules)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def test_a_password_that_postgresql_refuses_or_misses_is_told(
    tmp_path: Path, strict_postgresql: OwnServer
) -> None:
    with psycopg.connect(plain(strict_postgresql.url), autocommit=True) as connection:
        connection.execute("CREATE ROLE me LOGIN PASSWORD 'opensesame'")
        connection.execute("CREATE DATABASE desk OWNER me")
    place = f"127.0.0.1:{strict_postgresql.port}"

    def settings(who: str) -> dict[str, str]:
        url = f"postgresql+psycopg://{who}@{place}/desk"
        return {"FIRSTLINE_DATABASE_URL": url, "FIRSTLINE_DATA_DIR": str(tmp_path)}

    missing = refused("serve", **settings("me"))
    assert f"FIRSTLINE_DATABASE_URL: PostgreSQL at {place} wants a password" in missing
    wrong = refused("serve", **settings("me:hunter2"))
    assert f"PostgreSQL at {place} refuses user me's password" in wrong
    assert "hunter2" not in wrong
    assert firstline("db", "upgrade", **settings("me:opensesame")).returncode == 0
    strict_postgresql.stop()
    gone = refused("serve", **settings("me:opensesame"))
    assert f"nothing listens at {place}" in gone
    assert "opensesame" not in gone
