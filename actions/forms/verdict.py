"""What your systems say about a value that a person gave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Accept:
    """Good. `also`: values that follow from it, or that take its place, by slot."""

    also: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Refuse:
    """Not good, and why; asked again."""

    response: str
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class End:
    """The form makes no sense with it: says why, and ends. `handoff`: why a person is called."""

    response: str
    details: Mapping[str, str] = field(default_factory=dict)
    # `Any`: whatever the agent should know.
    handoff: Mapping[str, Any] | None = None


Verdict = Accept | Refuse | End
