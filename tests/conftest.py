"""The product itself, started once as its user would start it; databases that are given back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import databases
from tests.compiled import compiled_once
from tests.postgres import NoPostgres, do_without, some_postgres
from tests.product import Product, start_product
from tests.quick_passwords import quick_passwords
from tests.redis_server import OwnRedis, RedisPlace, own_redis_server, some_redis


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """`firstline up` on free ports with a fresh database; stopped by Ctrl-C."""
    with start_product(tmp_path_factory.mktemp("product")) as running:
        yield running


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis for the whole run."""
    with some_redis(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture
def redis(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[RedisPlace]:
    """That Redis under a prefix of the test's own; `redis.settings` are the desk's settings.

    Nobody takes it away, so that it is lost only to who gives it no time.
    """
    monkeypatch.setattr("bot.shared.link.PATIENCE_SECONDS", 20.0)
    place = RedisPlace(redis_url)
    yield place
    place.clear()


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[OwnRedis]:
    """A Redis that the test may kill."""
    folder = tmp_path / "redis"
    folder.mkdir()
    with own_redis_server(folder) as server:
        yield server


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A PostgreSQL server: required in CI, skipped with its reason on a machine without it."""
    try:
        with some_postgres() as url:
            yield url
    except NoPostgres as error:
        do_without(error)


# By itself, and so before all others: what they open is closed when this ends.
@pytest.fixture(autouse=True)
def _databases_are_given_back() -> Iterator[None]:
    yield
    databases.give_back()


@pytest.fixture(autouse=True, scope="session")
def _databases_are_dropped() -> Iterator[None]:
    yield
    databases.drop_all()


@pytest.fixture(autouse=True, scope="session")
def _statements_are_compiled_once() -> Iterator[None]:
    with compiled_once():
        yield


@pytest.fixture(autouse=True, scope="session")
def _passwords_are_quick() -> Iterator[None]:
    with quick_passwords():
        yield
