"""Where Redis is: refuses an address that cannot be meant, and tells it without its password."""

from urllib.parse import urlsplit

SCHEMES = ("redis", "rediss", "unix")
SHAPE = "redis://HOST:PORT/DB, rediss://… (TLS) or unix:///PATH?db=DB"
ENCODED = "what is special in a password is written as %23 for #, %40 for @, %2F for /"


def check_redis_url(url: str) -> str:
    """The address as it is; raises ValueError that says what is wrong, never what was given."""
    try:
        parts = urlsplit(url)
        port_is_fine = parts.port != 0
    except ValueError:  # a port that is no number, brackets that do not close
        raise ValueError(f"must be {SHAPE}; {ENCODED}") from None
    # redis-py takes another machine's name for localhost, and a database's name for number 0.
    place = parts.path if parts.scheme == "unix" else parts.hostname
    number = "" if parts.scheme == "unix" else parts.path.removeprefix("/")
    if parts.scheme not in SCHEMES or not place or not port_is_fine:
        raise ValueError(f"must be {SHAPE}; {ENCODED}")
    if number and not (number.isascii() and number.isdigit()):
        raise ValueError("must end in the number of a database, as in redis://HOST:6379/0")
    _check_options(url)
    return url


def redis_place(url: str) -> str:
    """The address for people and logs: no user, no password, no options."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return f"unix://{parts.path}"
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}:{parts.port or 6379}{parts.path}"


def _check_options(url: str) -> None:
    # Most desks need none of it.
    from redis import ConnectionPool
    from redis.exceptions import RedisError

    try:
        ConnectionPool.from_url(url).make_connection()
    except (ValueError, TypeError, RedisError, OSError):
        raise ValueError("has an option after “?” that Redis's client does not take") from None
