"""YAML with line numbers: every value knows where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from engine.checks.findings import Finding, Place, error


@dataclass(frozen=True)
class Node:
    """A value of a YAML file."""

    file: str
    raw: yaml.Node

    @property
    def place(self) -> Place:
        """Where the value begins."""
        return Place(self.file, self.raw.start_mark.line + 1)

    @property
    def text(self) -> str | None:
        """The scalar as it is written; None for lists, mappings and nothing."""
        if isinstance(self.raw, yaml.ScalarNode) and self.raw.tag != "tag:yaml.org,2002:null":
            return str(self.raw.value)
        return None

    def items(self) -> Iterator[tuple[str, Node, Node]]:
        """Key, the key's own node, value; nothing when this is no mapping."""
        if isinstance(self.raw, yaml.MappingNode):
            for key, value in self.raw.value:
                yield str(key.value), Node(self.file, key), Node(self.file, value)

    def list(self) -> Iterator[Node]:
        """The entries; nothing when this is no list."""
        if isinstance(self.raw, yaml.SequenceNode):
            for entry in self.raw.value:
                yield Node(self.file, entry)

    def get(self, key: str) -> Node | None:
        """The value of a key."""
        return next((value for name, _, value in self.items() if name == key), None)

    def lines(self) -> Iterator[tuple[Place, str]]:
        """The lines of a block scalar (`|`), each with its place."""
        first = self.raw.start_mark.line + 2
        for number, line in enumerate((self.text or "").splitlines()):
            yield Place(self.file, first + number), line


def read(root: Path, path: Path) -> Node | Finding:
    """The file's content, or what is wrong with it."""
    name = path.relative_to(root).as_posix()
    try:
        raw = yaml.compose(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
    except UnicodeDecodeError as problem:
        line = path.read_bytes()[: problem.start].count(b"\n") + 1
        return error(Place(name, line), "this is not UTF-8", "save the file anew as UTF-8")
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        place = Place(name, mark.line + 1 if mark else 1)
        what = " ".join(part for part in (problem.context, problem.problem) if part)
        return error(
            place,
            f"the YAML is malformed: {what}",
            "check indentation, colons and quotes on this line and the one before it",
        )
    except yaml.reader.ReaderError as problem:
        content = path.read_text("utf-8")[: problem.position]
        place = Place(name, content.count("\n") + 1)
        return error(place, f"a character is not allowed: {problem.reason}", "remove it")
    if raw is None:
        return error(Place(name, 1), "the file is empty", "fill it, or remove it")
    return Node(name, raw)
