"""The list of checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from engine.checks import answering, understanding
from engine.checks.findings import Finding, Severity
from engine.checks.project import Project, read_project

CHECKS: tuple[Callable[[Project], Iterator[Finding]], ...] = (
    understanding.no_examples_at_all,
    understanding.doubled_examples,
    understanding.undeclared_intents,
    understanding.few_examples,
    understanding.untold_intents,
    understanding.untitled_intents,
    answering.unknown_steps,
    answering.untranslated_responses,
    answering.doubled_responses,
    answering.unused_responses,
    answering.broken_forms,
    answering.unknown_entities,
)


def find_all(root: Path) -> list[Finding]:
    """All findings, errors first.

    While a file cannot be read the others seem to lack what is in it, so it is mended first.
    """
    project = read_project(root)
    found = project.unreadable or [one for check in CHECKS for one in check(project)]
    return sorted(found, key=lambda one: (one.severity is not Severity.ERROR, one.place))
