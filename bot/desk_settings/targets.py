"""Until when a desk wants to have answered: [DESK.targets], [[DESK.escalations]]. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from bot.desk_settings.table import Table
from bot.priority import WORDS, Priority

LONGEST_MINUTES = 60 * 24 * 60
WARN_AT = 80
MOST_PERCENT = 1000


class Target(StrEnum):
    """What is measured, in opening hours."""

    FIRST_RESPONSE = "first_response"  # from the handoff to an agent's first words
    NEXT_RESPONSE = "next_response"  # from the customer's words to the agent's, later on
    RESOLUTION = "resolution"  # from the handoff to the end


@dataclass(frozen=True)
class Escalation:
    """What follows when so many percent of a target's time have passed."""

    target: Target
    at: int
    notify_leads: bool = False
    priority: Priority | None = None
    desk: str | None = None


@dataclass(frozen=True)
class DeskTargets:
    """No target: nothing is measured. `warn_at`: percent at which agents hear of it."""

    times: Mapping[Target, Mapping[Priority, timedelta]] = field(default_factory=dict)
    warn_at: int = WARN_AT
    escalations: tuple[Escalation, ...] = ()

    def time(self, target: Target, priority: int) -> timedelta | None:
        """How long it may take; None: as long as it does."""
        return self.times.get(target, {}).get(Priority(priority))

    def steps(self, target: Target) -> tuple[int, ...]:
        """The percents at which something happens, in order."""
        own = {rule.at for rule in self.escalations if rule.target is target}
        return tuple(sorted(own | {self.warn_at, 100}))

    def rules(self, target: Target, at: int) -> tuple[Escalation, ...]:
        """What happens at this percent."""
        return tuple(r for r in self.escalations if r.target is target and r.at == at)


# `Any`: what a person wrote into a TOML file.
def read_targets(file: Path, desk: str, raw: Any, escalations: Any) -> DeskTargets:
    """The desk's targets and what follows when they are missed; raises BadDesksFile."""
    known = tuple(f"{target}_minutes" for target in Target)
    table = Table(file, f"{desk}.targets", {} if raw is None else raw, known=(*known, "warn_at"))
    holder = {} if escalations is None else {"escalations": escalations}
    return DeskTargets(
        times={
            target: _times(table, f"{target}_minutes")
            for target in Target
            if f"{target}_minutes" in table
        },
        warn_at=table.number("warn_at", least=1, most=99, otherwise=WARN_AT),
        escalations=Table(file, desk, holder, known=("escalations",)).tables(
            "escalations",
            _escalation,
            known=("target", "at", "notify_leads", "priority", "desk"),
        ),
    )


def _times(table: Table, key: str) -> dict[Priority, timedelta]:
    """One number for every priority, or a table with some of them."""
    if not isinstance(table.get(key), dict):
        minutes = table.number(key, least=1, most=LONGEST_MINUTES, otherwise=1)
        return dict.fromkeys(Priority, timedelta(minutes=minutes))
    inner = Table(table.file, f"{table.name}.{key}", table.get(key), known=tuple(WORDS))
    return {
        priority: timedelta(minutes=inner.number(word, least=1, most=LONGEST_MINUTES, otherwise=1))
        for word, priority in WORDS.items()
        if word in inner
    }


def _escalation(table: Table) -> Escalation:
    target = table.text("target", check=lambda v: v in list(Target), must=_one_of(Target))
    if "at" not in table:
        raise table.fault("at", "is missing: the percent of the target's time, 100 when missed")
    found = Escalation(
        target=Target(target),
        at=table.number("at", least=1, most=MOST_PERCENT, otherwise=100),
        notify_leads=table.flag("notify_leads"),
        priority=WORDS[word] if (word := _priority(table)) else None,
        desk=table.optional_text("desk", must="the id of another desk"),
    )
    if not found.notify_leads and found.priority is None and found.desk is None:
        raise table.fault("notify_leads", "or priority or desk must say what happens")
    return found


def _priority(table: Table) -> str | None:
    return table.optional_text("priority", check=lambda v: v in WORDS, must=_one_of(WORDS))


def _one_of(words: Any) -> str:
    return f"one of {', '.join(words)}"
