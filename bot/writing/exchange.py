"""Saved replies as files: YAML or CSV out, and in again. Pure.

A file with a bad row changes nothing; the row is told by its number.
"""

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any

import yaml

from bot.errors import FirstlineError
from bot.texts import LANGUAGES
from bot.writing.macro import Acts, Step
from bot.writing.saved import Content

COLUMNS = (
    "shortcut",
    *(f"title_{language}" for language in LANGUAGES),
    *(f"text_{language}" for language in LANGUAGES),
    "actions",
)
MOST_ROWS = 2000
# A spreadsheet would run what begins so.
RISKY = ("=", "+", "-", "@", "\t")


class BadFile(FirstlineError):
    """No file that we can read at all."""

    code = "bad_import_file"
    status = 422


class BadRow(FirstlineError):
    """Row `row` is wrong; nothing was taken in."""

    code = "bad_import_row"
    status = 422

    def __init__(self, row: int, problem: FirstlineError | str) -> None:
        self.row, self.problem = row, problem
        super().__init__(row=row, problem=str(problem))

    def message(self, language: str) -> str:
        """With the problem in the reader's language."""
        if isinstance(self.problem, FirstlineError):
            self.values = self.values | {"problem": self.problem.message(language)}
        return super().message(language)


class BadColumns(FirstlineError):
    """A table without the columns, or with others."""

    code = "bad_import_columns"
    status = 422


class RowTwice(FirstlineError):
    """A shortcut that an earlier row of the file has."""

    code = "shortcut_twice"
    status = 422


class NoReply(FirstlineError):
    """A row that is no saved reply: a list, a number, a nested thing."""

    code = "row_is_none"
    status = 422


def read(
    content: bytes, name: str, *, acts: Acts, checked: Callable[[Content], Content]
) -> list[Content]:
    """All rows of the file, each checked; raises BadFile, BadColumns or BadRow."""
    try:
        words = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadFile from None
    rows = _csv_rows(words) if name.lower().endswith(".csv") else _yaml_rows(words)
    if len(rows) > MOST_ROWS:
        raise BadRow(MOST_ROWS + 1, NoReply())
    contents: dict[str, Content] = {}
    for number, row in rows:
        try:
            read_one = checked(_content(row, acts))
            if read_one.shortcut in contents:
                raise RowTwice(shortcut=read_one.shortcut)
        except FirstlineError as problem:
            raise BadRow(number, problem) from None
        contents[read_one.shortcut] = read_one
    return list(contents.values())


def _csv_rows(words: str) -> list[tuple[int, dict[str, Any]]]:
    """The number is the line's in a spreadsheet: the heading is row 1."""
    try:
        reader = csv.DictReader(io.StringIO(words), strict=True)
        heading = set(reader.fieldnames or ())
        if not {"shortcut"} <= heading or not heading <= set(COLUMNS):
            raise BadColumns(columns=", ".join(COLUMNS))
        rows = []
        for number, row in enumerate(reader, 2):
            if None in row or None in row.values():
                raise BadRow(number, BadColumns(columns=", ".join(COLUMNS)))
            rows.append((number, _nested(row)))
    except csv.Error:
        raise BadFile from None
    return rows


def _nested(row: dict[str, str]) -> dict[str, Any]:
    plain = {name: _unarmed(value) for name, value in row.items()}
    actions = [one.strip() for one in plain.get("actions", "").split(";") if one.strip()]
    return {
        "shortcut": plain["shortcut"],
        "title": {language: plain.get(f"title_{language}", "") for language in LANGUAGES},
        "text": {language: plain.get(f"text_{language}", "") for language in LANGUAGES},
        "actions": actions,
    }


def _yaml_rows(words: str) -> list[tuple[int, dict[str, Any]]]:
    try:
        rows = yaml.safe_load(words)
    except (yaml.YAMLError, RecursionError, ValueError):
        raise BadFile from None
    if not isinstance(rows, list):
        raise BadFile
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict):
            raise BadRow(number, NoReply())
    return list(enumerate(rows, 1))


def _content(row: dict[str, Any], acts: Acts) -> Content:
    shortcut, title, text = row.get("shortcut"), row.get("title"), row.get("text", {})
    actions = row.get("actions", [])
    is_one = (
        set(row) <= {"shortcut", "title", "text", "actions"}
        and isinstance(shortcut, str)
        and _by_language(title)
        and _by_language(text)
        and isinstance(actions, list)
        and all(isinstance(one, str) for one in actions)
    )
    if not is_one:
        raise NoReply
    steps: tuple[Step, ...] = tuple(acts.read(one) for one in actions)
    return Content(str(shortcut), dict(title or {}), dict(text or {}), steps)


def _by_language(value: object) -> bool:
    return isinstance(value, dict) and all(
        key in LANGUAGES and isinstance(words, str) for key, words in value.items()
    )


def as_yaml(contents: Sequence[Content]) -> str:
    """For people and version control."""
    rows = [
        {
            "shortcut": one.shortcut,
            "title": {lang: one.title[lang] for lang in LANGUAGES if one.title.get(lang)},
            "text": {lang: one.text[lang] for lang in LANGUAGES if one.text.get(lang)},
            "actions": [str(step) for step in one.steps],
        }
        for one in contents
    ]
    return yaml.safe_dump(rows, allow_unicode=True, sort_keys=False, width=1000)


def as_csv(contents: Sequence[Content]) -> str:
    """For spreadsheets."""
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerow(COLUMNS)
    for one in contents:
        row = [
            one.shortcut,
            *(one.title.get(language, "") for language in LANGUAGES),
            *(one.text.get(language, "") for language in LANGUAGES),
            "; ".join(map(str, one.steps)),
        ]
        writer.writerow(f"'{cell}" if cell.startswith(RISKY) else cell for cell in row)
    return made.getvalue()


def _unarmed(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(RISKY) else cell
