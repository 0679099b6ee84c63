"""The lookup tables that the shipped bot is trained with."""

from collections.abc import Mapping

import pytest
import yaml

from engine.nlu.entities.lookup import Lookup, names_of
from engine.nlu.entities.search import Search
from tests.processes import ROOT


def _examples(block: Mapping[str, str]) -> list[str]:
    return [line.removeprefix("- ") for line in block["examples"].splitlines()]


@pytest.fixture(scope="session")
def lookups() -> dict[str, Lookup]:
    blocks = yaml.safe_load((ROOT / "data/nlu/lookups.yml").read_text(encoding="utf-8"))["nlu"]
    synonyms = {
        name: block["synonym"]
        for block in blocks
        if "synonym" in block
        for name in _examples(block)
    }
    return {
        block["lookup"]: Lookup(names_of(_examples(block), synonyms))
        for block in blocks
        if "lookup" in block
    }


@pytest.fixture(scope="session")
def search(lookups: dict[str, Lookup]) -> Search:
    return Search(lookups=lookups)
