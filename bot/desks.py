"""The desks of this installation, as `desks.toml` lists them."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from bot.errors import FirstlineError
from bot.texts import LANGUAGES


class UnknownDesk(FirstlineError):
    """A desk that `desks.toml` does not list."""

    code = "unknown_desk"
    status = 404


class BadDesksFile(ValueError):
    """`desks.toml` cannot be used; the message says where and why."""


@dataclass(frozen=True)
class Desk:
    """A queue with its own agents and topics."""

    id: str
    name: dict[str, str]


class Desks:
    """All desks, by id."""

    def __init__(self, desks: list[Desk]) -> None:
        self._by_id = {desk.id: desk for desk in desks}

    @classmethod
    def load(cls, path: Path) -> "Desks":
        """Reads the desks file; raises BadDesksFile with the place of the fault."""
        try:
            table = tomllib.loads(path.read_text("utf-8"))
        except FileNotFoundError:
            raise BadDesksFile(f"{path} is missing: it lists the desks.") from None
        except tomllib.TOMLDecodeError as error:
            raise BadDesksFile(f"{path}: {error}") from None
        if not table:
            raise BadDesksFile(
                f"{path} lists no desk; add at least one, for example [customer-care]."
            )
        desks = []
        for key, entry in table.items():
            name = entry.get("name") if isinstance(entry, dict) else None
            if not isinstance(name, dict) or any(not name.get(lang) for lang in LANGUAGES):
                raise BadDesksFile(f"{path}: [{key}] needs name = {{ en = …, pl = … }}.")
            desks.append(Desk(id=key, name=name))
        return cls(desks)

    def get(self, desk_id: str) -> Desk:
        """The desk, or UnknownDesk."""
        try:
            return self._by_id[desk_id]
        except KeyError:
            raise UnknownDesk(desk=desk_id) from None

    def all(self) -> list[Desk]:
        """All desks in the order of the file."""
        return list(self._by_id.values())
