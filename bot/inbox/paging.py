"""Pages of a list that go on behind a row, however long the list is. Pure but for SQL's words.

A page is asked for by the place of the last row that was seen: the values that the list is sorted
by and the row's id. Nothing is counted off, so the hundredth page costs what the first did, and
what comes or goes meanwhile neither repeats a row nor hides one.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, UnaryExpression, and_, or_
from sqlalchemy.orm import InstrumentedAttribute

LONGEST_CURSOR = 400


# `Any`: a column of whatever type is sorted by.
@dataclass(frozen=True)
class Key:
    """A column that a list is sorted by."""

    column: InstrumentedAttribute[Any]
    is_descending: bool = False

    def order(self) -> UnaryExpression[Any]:
        """For ORDER BY; rows without a value come last on both databases."""
        return self.column.desc() if self.is_descending else self.column.asc()


# `Any`: the values of such columns.
Place = tuple[Any, ...]


def behind(keys: Sequence[Key], place: Place) -> ColumnElement[bool]:
    """Whether a row comes after this place. No value of a place is None."""
    ways: list[ColumnElement[bool]] = []
    same: list[ColumnElement[bool]] = []
    for key, value in zip(keys, place, strict=True):
        further = key.column < value if key.is_descending else key.column > value
        ways.append(and_(*same, further))
        same.append(key.column == value)
    # The first column alone, once more: by it the databases begin in the middle of their index.
    first, value = keys[0], place[0]
    near = first.column <= value if first.is_descending else first.column >= value
    return and_(near, or_(*ways))


def packed(place: Place) -> str:
    """The place as an address carries it."""
    words = [v.isoformat() if isinstance(v, datetime) else v for v in place]
    kinds = "".join("t" if isinstance(v, datetime) else "v" for v in place)
    return base64.urlsafe_b64encode(json.dumps([kinds, *words]).encode()).decode().rstrip("=")


def unpacked(cursor: str | None, keys: Sequence[Key]) -> Place | None:
    """The place; None for the first page, and for what is no place in such a list."""
    if not cursor or len(cursor) > LONGEST_CURSOR:
        return None
    try:
        kinds, *words = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        place = tuple(
            datetime.fromisoformat(word) if kind == "t" else word
            for kind, word in zip(kinds, words, strict=True)
        )
        for value, key in zip(place, keys, strict=True):
            if not isinstance(value, key.column.type.python_type):
                return None
            if isinstance(value, datetime) and value.tzinfo is None:
                return None
    except (ValueError, TypeError):
        return None
    return place
