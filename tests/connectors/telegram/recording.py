"""What emulators of others really send: kept in payloads/recorded/, and compared whenever they run.

With FIRSTLINE_RECORD_PAYLOADS=1 the files are written anew; see the README beside them.
"""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from connectors.telegram.connector import TelegramConnector

FOLDER = Path(__file__).parent / "payloads" / "recorded"
RECORDING = "FIRSTLINE_RECORD_PAYLOADS"
# `Any`: JSON.
Json = Any


@dataclass
class Tap:
    """Between the connector and whoever brings updates: each as it came, in order."""

    came: list[Json] = field(default_factory=list)

    def compare(self, source: str, *names: str) -> None:
        """What came from this emulator, by name, has the shape that is kept of it."""
        assert len(self.came) == len(names), f"{len(self.came)} updates came: {self.came}"
        for name, update in zip(names, self.came, strict=True):
            file = FOLDER / f"{source}_{name}.json"
            if RECORDING in os.environ:
                words = json.dumps(update, ensure_ascii=False, indent=1)
                file.write_text(f"{words}\n", "utf-8")
            kept = json.loads(file.read_text("utf-8"))
            assert shape(update) == shape(kept), f"{file.name} is not what {source} sends now"


@pytest.fixture
def tap(monkeypatch: pytest.MonkeyPatch) -> Tap:
    """Of the desk that is opened next."""
    made, take = Tap(), TelegramConnector.take

    async def tapped(self: TelegramConnector, raw: Json) -> None:
        made.came.append(raw)
        await take(self, raw)

    monkeypatch.setattr(TelegramConnector, "take", tapped)
    return made


def shape(value: Json) -> Json:
    """Its names and types, without what differs each time."""
    if isinstance(value, dict):
        return {name: shape(one) for name, one in value.items()}
    if isinstance(value, list):
        return [shape(one) for one in value]
    return type(value).__name__
