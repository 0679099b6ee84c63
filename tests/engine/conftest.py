"""The real engine, action server and business systems, started once for these tests."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.dialogue import Dialogue
from tests.processes import Running, action_server, dialogue_engine, it_service, order_service


@pytest.fixture(scope="session")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("logs")


@pytest.fixture(scope="session")
def orders(logs: Path) -> Iterator[Running]:
    with order_service(logs) as started:
        yield started


@pytest.fixture(scope="session")
def itsm(logs: Path) -> Iterator[Running]:
    with it_service(logs) as started:
        yield started


@pytest.fixture(scope="session")
def engine(logs: Path, orders: Running, itsm: Running) -> Iterator[Running]:
    with (
        action_server(logs, orders_url=orders.url, itsm_url=itsm.url) as actions,
        dialogue_engine(logs, actions_url=f"{actions.url}/webhook") as started,
    ):
        yield started


@pytest.fixture(scope="session")
def http(engine: Running) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=engine.url, timeout=20) as client:
        yield client


@pytest.fixture
def customer(http: httpx.Client) -> Dialogue:
    return Dialogue(http)


@pytest.fixture
def klient(http: httpx.Client) -> Dialogue:
    """A customer who writes Polish."""
    return Dialogue(http, language="pl")


@pytest.fixture
def employee(http: httpx.Client) -> Dialogue:
    return Dialogue(http, desk="it-help")


@pytest.fixture
def pracownik(http: httpx.Client) -> Dialogue:
    """An employee who writes Polish."""
    return Dialogue(http, language="pl", desk="it-help")
