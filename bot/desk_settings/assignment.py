"""Who gets the conversations of a desk: [DESK.assignment] in `desks.toml`. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from bot.desk_settings.table import Table

KNOWN = (
    *("strategy", "capacity", "weights", "prefer_last_agent"),
    *("needs", "fallback_minutes", "return_unanswered_minutes"),
)
CAPACITY, MOST_CAPACITY, MOST_WEIGHT = 5, 1000, 100
FALLBACK_MINUTES = 5
RETURN_MINUTES = 10
A_DAY = 24 * 60


class Strategy(StrEnum):
    """How the agent is found."""

    PULL = "pull"  # agents take from the queue
    ROUND_ROBIN = "round_robin"
    LEAST_BUSY = "least_busy"


@dataclass(frozen=True)
class AssignmentRule:
    """The defaults: agents take from the queue, and keep what they took."""

    strategy: Strategy = Strategy.PULL
    capacity: int = CAPACITY  # of an agent who has none of their own
    weights: Mapping[str, int] = field(default_factory=dict)  # channel → what one weighs
    prefer_last_agent: bool = True
    needs: Mapping[str, frozenset[str]] = field(default_factory=dict)  # topic → skills
    fallback: timedelta = timedelta(minutes=FALLBACK_MINUTES)
    return_unanswered: timedelta | None = None  # None: an agent keeps what they have

    def weight(self, channel: str) -> int:
        """What a conversation of this channel takes of an agent's capacity."""
        return self.weights.get(channel, 1)

    def skills(self, topic: str | None) -> frozenset[str]:
        """The skills that a topic needs; a pattern such as `it_*` stands for several topics."""
        if topic is None:
            return frozenset()
        found = [skills for pattern, skills in self.needs.items() if fnmatchcase(topic, pattern)]
        return frozenset().union(*found)


# `Any`: what a person wrote into a TOML file.
def read_assignment(file: Path, desk: str, raw: Any) -> AssignmentRule:
    """The settings of [DESK.assignment]; raises BadDesksFile."""
    if raw is None:
        return AssignmentRule()
    table = Table(file, f"{desk}.assignment", raw, known=KNOWN)
    strategy = Strategy(table.one_of("strategy", list(Strategy), otherwise=Strategy.PULL))
    capacity = table.number("capacity", least=1, most=MOST_CAPACITY, otherwise=CAPACITY)
    minutes = table.number(
        "return_unanswered_minutes",
        least=0,
        most=A_DAY,
        otherwise=0 if strategy is Strategy.PULL else RETURN_MINUTES,
    )
    fallback = table.number("fallback_minutes", least=0, most=A_DAY, otherwise=FALLBACK_MINUTES)
    return AssignmentRule(
        strategy=strategy,
        capacity=capacity,
        weights=_weights(table, capacity),
        prefer_last_agent="prefer_last_agent" not in table or table.flag("prefer_last_agent"),
        needs=_needs(table),
        fallback=timedelta(minutes=fallback),
        return_unanswered=timedelta(minutes=minutes) if minutes else None,
    )


def _weights(table: Table, capacity: int) -> dict[str, int]:
    raw = table.get("weights")
    if raw is None:
        return {}
    inner = Table(table.file, f"{table.name}.weights", raw, known=_keys(raw))
    found = {
        channel: inner.number(channel, least=1, most=MOST_WEIGHT, otherwise=1) for channel in raw
    }
    for channel, weight in found.items():
        if weight > capacity:
            raise inner.fault(
                channel, f"is more than the capacity ({capacity}): nobody could take one"
            )
    return found


def _needs(table: Table) -> dict[str, frozenset[str]]:
    raw = table.get("needs")
    if raw is None:
        return {}
    inner = Table(table.file, f"{table.name}.needs", raw, known=_keys(raw))
    return {topic: frozenset(inner.texts(topic)) for topic in raw}


# `Any`: the keys are the owner's own; the table itself is checked where it is read.
def _keys(raw: Any) -> list[str]:
    return list(raw) if isinstance(raw, dict) else []
