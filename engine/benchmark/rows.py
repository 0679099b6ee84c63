"""Labelled messages from CSV files; whatever is wrong with one is named with file and line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

OUT_OF_SCOPE = "oos"
LONGEST = 1_000_000


class BadFile(Exception):
    """A file that cannot be used; the sentence says where and what to do."""


@dataclass(frozen=True)
class Row:
    """One labelled message; `line` is where it begins in its file."""

    text: str
    intent: str
    line: int
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def in_scope(self) -> bool:
        """Whether a right answer exists."""
        return self.intent != OUT_OF_SCOPE


@dataclass(frozen=True)
class Sets:
    """What to train on and what to measure on; out-of-scope rows stand in both under `oos`."""

    train: list[Row]
    test: list[Row]

    @property
    def intents(self) -> list[str]:
        """What can be told apart."""
        return sorted({row.intent for row in self.train if row.in_scope})


def read_sets(train: Path, test: Path, oos: Path | None = None) -> Sets:
    """Reads and checks the files of a benchmark; raises BadFile."""
    learned = read_rows(train)
    known = {row.intent for row in learned if row.in_scope}
    if len(known) < 2:
        what = f"only the intent {next(iter(known))!r}" if known else "no intent"
        raise BadFile(f"{train} has {what}. A bot that chooses needs at least two.")
    measured = read_rows(test)
    for row in measured:
        if row.in_scope and row.intent not in known:
            raise BadFile(
                f"{test}, line {row.line}: the intent {row.intent!r} is not in {train}. Add "
                f"examples of it there, or name it {OUT_OF_SCOPE} when it is out of scope."
            )
    if not any(row.in_scope for row in measured):
        raise BadFile(f"{test} has no row in scope, so there is nothing to measure. Add some.")
    return Sets(learned, measured + (read_out_of_scope(oos, known) if oos else []))


def read_out_of_scope(path: Path, known: Iterable[str]) -> list[Row]:
    """All rows of the file as out of scope; a column `intent` may be missing."""
    rows = read_rows(path, columns=("text",))
    for row in rows:
        if row.intent in known:
            raise BadFile(
                f"{path}, line {row.line}: {row.intent!r} is an intent of the training file, so "
                f"the row is in scope. Move it to the test file, or name it {OUT_OF_SCOPE}."
            )
    return [Row(row.text, OUT_OF_SCOPE, row.line, row.more) for row in rows]


def read_rows(path: Path, *, columns: tuple[str, ...] = ("text", "intent")) -> list[Row]:
    """The rows of a CSV file that has at least these columns; raises BadFile."""
    records = _records(path, _text_of(path))
    header_line, header = next(records, (1, []))
    names = [name.strip() for name in header]
    for column in columns:
        if column not in names:
            raise BadFile(
                f"{path}, line {header_line}: there is no column {column!r}. The first line must "
                f"name the columns, with commas between them: {','.join(columns)}"
            )
        if names.count(column) > 1:
            raise BadFile(f"{path}, line {header_line}: two columns are {column!r}. Rename one.")
    rows = [_row(path, line, names, values, columns) for line, values in records]
    if not rows:
        raise BadFile(f"{path} has no row below its header. Add one for each message.")
    return rows


def _row(
    path: Path, line: int, names: list[str], values: list[str], columns: tuple[str, ...]
) -> Row:
    if len(values) != len(names):
        raise BadFile(
            f"{path}, line {line}: {len(values)} columns instead of {len(names)}. "
            'Put a text with commas in double quotes: "one, two",intent'
        )
    cells = {name: value.strip() for name, value in zip(names, values, strict=True)}
    for column in columns:
        if not cells[column]:
            raise BadFile(
                f"{path}, line {line}: the {column} is empty. Fill it in, or remove the row."
            )
    return Row(cells.pop("text"), cells.pop("intent", OUT_OF_SCOPE), line, cells)


def _text_of(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadFile(f"{path} cannot be read: {error.strerror}. Check the path.") from None
    try:
        # Excel writes a mark in front, which is not part of the first column's name.
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise BadFile(
            f"{path}, line {line}: this is not UTF-8. Save the file anew as “CSV UTF-8”, or "
            f"convert it: iconv -f WINDOWS-1250 -t UTF-8"
        ) from None


def _records(path: Path, text: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line on which it begins; empty lines are nothing."""
    csv.field_size_limit(LONGEST)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        begins = reader.line_num + 1
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise BadFile(
                f"{path}, line {begins}: {error}. Put the text in double quotes, and write a "
                'double quote inside it twice: "the ""big"" one",intent'
            ) from None
        if values and any(values):
            yield begins, values
