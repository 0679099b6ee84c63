"""Why a database cannot be used, in one sentence for whoever set FIRSTLINE_DATABASE_URL."""

from sqlalchemy.engine.url import URL, make_url
from sqlalchemy.exc import SQLAlchemyError

# Part of what libpq or the server says (it adds no code when it refuses a connection) → what it
# means and what to do. First match.
POSTGRESQL_SAYS = (
    ("Connection refused", "nothing listens at {where}; start PostgreSQL or correct the address"),
    ("failed to resolve host", "there is no machine called {host}"),
    ("timeout expired", "{where} does not answer"),
    ("password authentication failed", "PostgreSQL at {where} refuses user {user}'s password"),
    ("no password supplied", "PostgreSQL at {where} wants a password for user {user}"),
    ("no pg_hba.conf entry", "PostgreSQL at {where} lets user {user} in from elsewhere only"),
    ('database "', "PostgreSQL at {where} has no database {name}; create it (`createdb {name}`)"),
    ('role "', "PostgreSQL at {where} knows no user {user}"),
    ("too many", "PostgreSQL at {where} has no connection left; raise its max_connections"),
    (
        "permission denied",
        "user {user} may not make tables in database {name}; make it the owner",
    ),
)


class UnusableDatabase(Exception):
    """The desk cannot work on this database; says why, and never holds a password."""

    def __init__(self, why: str) -> None:
        super().__init__(f"FIRSTLINE_DATABASE_URL: {why}.")


def unusable(url: str, error: SQLAlchemyError) -> UnusableDatabase:
    """The error as a sentence."""
    database = make_url(url)
    said = str(getattr(error, "orig", None) or type(error).__name__).strip()
    if database.get_backend_name() == "sqlite":
        return UnusableDatabase(f"{database.database} cannot be used: {said}")
    for words, meaning in POSTGRESQL_SAYS:
        if words in said:
            return UnusableDatabase(meaning.format(**_names(database)))
    line = said.partition("\n")[0].rstrip(".")
    return UnusableDatabase(f"PostgreSQL at {_names(database)['where']} says: {line}")


def _names(url: URL) -> dict[str, str]:
    host = url.host or "this machine"
    return {
        "where": f"{host}:{url.port or 5432}" if url.host else host,
        "host": host,
        "user": url.username or "(none)",
        "name": url.database or "(none)",
    }
