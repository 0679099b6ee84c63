"""PostgreSQL: how its connections are made, and which of its errors pass."""

import select
from time import monotonic
from typing import Any

from psycopg.types.string import StrDumperUnknown
from sqlalchemy import event
from sqlalchemy.engine.url import URL
from sqlalchemy.exc import DBAPIError, InterfaceError, InvalidatePoolError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

CONNECT_SECONDS = 5
# A connection that was silent for so long is asked whether it is there before it is used. One that
# was used just now is only looked at: a trip for each transaction would cost a busy desk a lot.
SILENT_SECONDS = 1.0
# Whoever holds a conversation and falls silent (a stopped process, a cut cable) loses it.
SERVER_SETTINGS = {
    "idle_in_transaction_session_timeout": "15s",
    "lock_timeout": "10s",
    "tcp_keepalives_idle": "15",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}
KEEPALIVES = {"keepalives_idle": 15, "keepalives_interval": 5, "keepalives_count": 3}
# Unique violation, serialization failure, deadlock: somebody else was first.
CONFLICTS = ("23505", "40001", "40P01")
# Connection failures and a server that stops or starts; an idle transaction that was ended.
LOST = ("08", "57P0", "25P03")


def connect_arguments(url: URL) -> dict[str, Any]:
    """What every connection is opened with; the URL's own options stay."""
    own = url.query.get("options", "")
    settings = " ".join(f"-c {name}={value}" for name, value in SERVER_SETTINGS.items())
    return {
        "connect_timeout": CONNECT_SECONDS,
        "application_name": "firstline",
        "options": f"{settings} {own if isinstance(own, str) else ' '.join(own)}".strip(),
        **KEEPALIVES,
    }


# `Any`: keyword arguments of `create_async_engine`.
def engine_options(url: URL) -> dict[str, Any]:
    """For an engine that lives as long as the process, through restarts of the server."""
    return {
        "connect_args": connect_arguments(url),
        "max_overflow": 0,
    }


def passes(error: DBAPIError) -> bool:
    """Whether the same transaction may well succeed when it is tried again."""
    state = getattr(error.orig, "sqlstate", None)
    if state is None:  # no word from the server: the connection broke, or could not be made
        return error.connection_invalidated or (
            isinstance(error, OperationalError | InterfaceError)
            and type(error.orig).__module__.startswith("psycopg")
        )
    return str(state) in CONFLICTS or str(state).startswith(LOST)


class WithoutNul(StrDumperUnknown):
    """PostgreSQL's text holds no NUL. Only somebody who tries things out sends one."""

    def dump(self, obj: str) -> Any:
        """The text without it."""
        return super().dump(obj.replace("\0", ""))


def prepare(engine: AsyncEngine) -> None:
    """Every connection of the engine takes any text, and is there when it is used."""
    dialect = engine.sync_engine.dialect

    # `Any`: SQLAlchemy's dress of a psycopg connection, and its pool entry.
    @event.listens_for(engine.sync_engine, "connect")
    def take_any_text(connection: Any, entry: Any) -> None:
        connection.driver_connection.adapters.register_dumper(str, WithoutNul)
        entry.info["spoke_at"] = monotonic()

    @event.listens_for(engine.sync_engine, "checkin")
    def note_the_time(_connection: Any, entry: Any) -> None:
        entry.info["spoke_at"] = monotonic()

    @event.listens_for(engine.sync_engine, "checkout")
    def ask_after_silence(connection: Any, entry: Any, _fairy: Any) -> None:
        is_fresh = monotonic() - entry.info["spoke_at"] < SILENT_SECONDS
        try:
            if not is_fresh or _has_something_to_say(connection):
                dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as error:
            # One that broke was not the only one: the pool opens all of them anew.
            raise InvalidatePoolError from error


# `Any`: SQLAlchemy's dress of a psycopg connection.
def _has_something_to_say(connection: Any) -> bool:
    """Whether the server has said a last word, or hung up: nothing else comes unasked.

    Raises the driver's error when it is closed already.
    """
    line = select.poll()
    line.register(connection.driver_connection.fileno(), select.POLLIN)
    return bool(line.poll(0))
