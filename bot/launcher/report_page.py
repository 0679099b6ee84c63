"""The page of `firstline nlu report`: one file that needs nothing else."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

WEAK = 0.9
LEFT = 168  # room for the intents' names
CELL = 11
NAMES = {"en": "English", "pl": "Polish", "typing": "Careless typing"}


@dataclass(frozen=True)
class Cell:
    """One square of the picture."""

    x: float
    y: float
    size: float
    right: bool
    says: str


@dataclass(frozen=True)
class Picture:
    """A desk's confusions: what was meant (down) and what was understood (across)."""

    desk: str
    names: Sequence[str]
    cells: Sequence[Cell]
    side: int
    # The mistakes as a list, the most frequent first: for phones and screen readers.
    mistakes: Sequence[Mapping[str, Any]]

    @property
    def edge(self) -> int:
        """Width and height."""
        return LEFT + self.side + CELL


# `Any`: the report's JSON.
def write_page(found: Mapping[str, Any], folder: Path) -> Path:
    """Writes report.html into the folder; returns its path."""
    environment = Environment(
        loader=PackageLoader("bot.launcher"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["percent"] = percent
    page = environment.get_template("nlu_report.html").render(
        parts=found["parts"],
        names=NAMES,
        pictures=[picture(desk, pairs) for desk, pairs in found["confusions"].items()],
        weak=[one for one in found["intents"] if one["accuracy"] < WEAK],
        good=[one for one in found["intents"] if one["accuracy"] >= WEAK],
        pairs=found["near_duplicates"],
        left=LEFT,
        cell=CELL,
    )
    file = folder / "report.html"
    file.write_text(page, "utf-8")
    return file


def percent(share: float | None) -> str:
    """A share as one reads it; a dash where there was nothing to count."""
    return "–" if share is None else f"{share:.1%}".replace(".0%", "%")


def picture(desk: str, pairs: Sequence[Mapping[str, Any]]) -> Picture:
    """Lays the squares out; a square's area grows with how often it happened."""
    names = sorted({name for pair in pairs for name in (pair["intent"], pair["taken_for"])})
    place = {name: at for at, name in enumerate(names)}
    wrong = [pair for pair in pairs if pair["intent"] != pair["taken_for"]]
    return Picture(
        desk=desk,
        names=names,
        cells=list(_cells(pairs, place)),
        side=len(names) * CELL,
        mistakes=sorted(wrong, key=lambda pair: (-pair["times"], pair["intent"])),
    )


def _cells(pairs: Iterable[Mapping[str, Any]], place: Mapping[str, int]) -> Iterable[Cell]:
    for pair in pairs:
        right = pair["intent"] == pair["taken_for"]
        size = min(CELL - 1.0, 4.5 + 1.5 * pair["times"])
        said = "understood" if right else f"taken for {pair['taken_for']}"
        yield Cell(
            x=LEFT + place[pair["taken_for"]] * CELL + (CELL - size) / 2,
            y=LEFT + place[pair["intent"]] * CELL + (CELL - size) / 2,
            size=size,
            right=right,
            says=f"{pair['intent']}: {said}, {pair['times']} ×",
        )
