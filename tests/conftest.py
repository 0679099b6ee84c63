"""The product itself, started once as its user would start it."""

from collections.abc import Iterator

import pytest

from tests.product import Product, start_product


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """`firstline up` on free ports with a fresh database; stopped by Ctrl-C."""
    with start_product(tmp_path_factory.mktemp("product")) as running:
        yield running
