"""The database's versions. `upgrade` brings any database to this program's."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.engine.url import make_url


def config(url: str) -> Config:
    """Alembic's configuration, without an ini file."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent))
    made.set_main_option("file_template", "%%(year)d_%%(month).2d_%%(day).2d_%%(slug)s")
    made.attributes["url"] = sync_url(url)
    return made


def upgrade(url: str) -> None:
    """Brings the database to the newest version, creating it when it is not there."""
    database = make_url(url)
    if database.get_backend_name() == "sqlite" and database.database:
        Path(database.database).parent.mkdir(parents=True, exist_ok=True)
    command.upgrade(config(url), "head")


def versions(url: str) -> tuple[str | None, str | None]:
    """(the database's version, this program's version)."""
    engine = create_engine(sync_url(url))
    try:
        with engine.connect() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()
    return current, ScriptDirectory.from_config(config(url)).get_current_head()


def sync_url(url: str) -> str:
    """Migrations run without an event loop, so with the plain driver."""
    database = make_url(url)
    if database.get_backend_name() == "sqlite":
        database = database.set(drivername="sqlite")
    return database.render_as_string(hide_password=False)
