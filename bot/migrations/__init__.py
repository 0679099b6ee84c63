"""The database's versions. `upgrade` brings any database to this program's."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.engine import Engine
from sqlalchemy.engine.url import make_url
from sqlalchemy.exc import SQLAlchemyError

from bot import postgres
from bot.migrations.problems import UnusableDatabase, unusable


def config(url: str) -> Config:
    """Alembic's configuration, without an ini file."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent))
    made.set_main_option("file_template", "%%(year)d_%%(month).2d_%%(day).2d_%%(slug)s")
    made.attributes["url"] = url
    return made


def plain_engine(url: str) -> Engine:
    """Migrations run without an event loop, so with the plain driver."""
    database = make_url(sync_url(url))
    if database.get_backend_name() == "sqlite":
        return create_engine(database, connect_args={"timeout": 30})
    return create_engine(database, connect_args=postgres.connect_arguments(database))


def upgrade(url: str) -> None:
    """Brings the database to the newest version, creating a SQLite file when it is not there.

    Several processes may do so at once: one works, the others wait and find it done. Raises
    UnusableDatabase.
    """
    database = make_url(url)
    if database.get_backend_name() == "sqlite" and database.database:
        Path(database.database).parent.mkdir(parents=True, exist_ok=True)
    if check(url):
        return
    try:
        command.upgrade(config(url), "head")
    except SQLAlchemyError as error:
        raise unusable(url, error) from error


def check(url: str) -> bool:
    """Whether the database is at this program's version.

    Raises UnusableDatabase when it cannot be reached, or a newer program made it.
    """
    try:
        current, wanted = versions(url)
    except SQLAlchemyError as error:
        raise unusable(url, error) from error
    if current is not None and current not in known_versions():
        raise UnusableDatabase(
            f"the database is at version {current}, which this program does not know (its own is "
            f"{wanted}): a newer Firstline has worked on it; install that one"
        )
    return current == wanted


def require_current(url: str) -> None:
    """For a program that changes no tables: raises UnusableDatabase, also when it is too old."""
    if not check(url):
        current, wanted = versions(url)
        raise UnusableDatabase(
            f"the database is at version {current or 'none'}, this program needs {wanted}; "
            "run `firstline db upgrade`"
        )


def versions(url: str) -> tuple[str | None, str | None]:
    """(the database's version, this program's version)."""
    engine = plain_engine(url)
    try:
        with engine.connect() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()
    return current, _scripts().get_current_head()


def known_versions() -> frozenset[str]:
    """All versions that this program can bring a database to."""
    return frozenset(script.revision for script in _scripts().walk_revisions())


@cache
def _scripts() -> ScriptDirectory:
    """This program's migrations: they stay as they are while it runs."""
    return ScriptDirectory(str(Path(__file__).parent))


def sync_url(url: str) -> str:
    """The same database for the plain driver, password included."""
    database = make_url(url)
    if database.get_backend_name() == "sqlite":
        database = database.set(drivername="sqlite")
    return database.render_as_string(hide_password=False)
