"""Which agent gets a conversation, and why that one. Pure.

An agent may take it who has room for what its channel weighs, speaks its language and has its
skills; once it has waited for the desk's fallback time the last two only say who goes first. Of
those, the customer's last agent goes first, then whoever the desk's strategy says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from bot.desk_settings.assignment import Strategy

NEVER = datetime(2000, 1, 1, tzinfo=UTC)


class Problem(StrEnum):
    """Why an agent does not get it."""

    NO_ROOM = "no_room"
    LANGUAGE = "language"
    SKILL = "skill"
    HAD_IT = "had_it"  # gave it back, or let it wait


class Because(StrEnum):
    """Why this agent of all who could take it."""

    ONLY_ONE = "only_one"
    LAST_AGENT = "last_agent"
    ROUND_ROBIN = "round_robin"
    LEAST_BUSY = "least_busy"


@dataclass(frozen=True)
class Candidate:
    """An agent of the desk who is on. `load`: the weights of the conversations that they have.

    No languages: nothing is known of them, so every one will do. `assigned_at`: the last time.
    """

    agent_id: str
    name: str
    load: int
    capacity: int
    languages: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()
    assigned_at: datetime | None = None


@dataclass(frozen=True)
class Wanted:
    """What a conversation needs. `relaxed`: it has waited so long that anybody is better."""

    conversation: str
    language: str
    weight: int = 1
    skills: frozenset[str] = frozenset()
    relaxed: bool = False
    last_agent: str | None = None
    not_again: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Verdict:
    """How an agent was looked at; `problem` None: they could take it."""

    agent_id: str
    name: str
    load: int
    capacity: int
    problem: Problem | None


@dataclass(frozen=True)
class Choice:
    """Who gets it (None: nobody now), and the whole why."""

    agent_id: str | None
    strategy: Strategy
    because: Because | None
    wanted: Wanted
    verdicts: tuple[Verdict, ...]


def choose(
    wanted: Wanted, candidates: Sequence[Candidate], strategy: Strategy, *, prefer_last: bool
) -> Choice:
    """The right agent for one conversation."""
    verdicts = tuple(
        Verdict(c.agent_id, c.name, c.load, c.capacity, _problem(wanted, c)) for c in candidates
    )
    able = [c for c, verdict in zip(candidates, verdicts, strict=True) if verdict.problem is None]
    if not able or strategy is Strategy.PULL:
        return Choice(None, strategy, None, wanted, verdicts)
    known = next((c for c in able if prefer_last and c.agent_id == wanted.last_agent), None)
    chosen = known or min(able, key=lambda c: (_missing(wanted, c), *_rank(c, strategy)))
    because = Because(strategy.value)
    if known is not None:
        because = Because.LAST_AGENT
    elif len(able) == 1:
        because = Because.ONLY_ONE
    return Choice(chosen.agent_id, strategy, because, wanted, verdicts)


def plan(
    queue: Sequence[Wanted],
    candidates: Sequence[Candidate],
    strategy: Strategy,
    *,
    prefer_last: bool,
    at: datetime,
) -> Mapping[str, Choice]:
    """What each of a queue would get if it were emptied now, from its front: by conversation.

    Whoever nobody can take holds nobody up behind them.
    """
    room = {candidate.agent_id: candidate for candidate in candidates}
    found: dict[str, Choice] = {}
    for place, wanted in enumerate(queue):
        choice = choose(wanted, list(room.values()), strategy, prefer_last=prefer_last)
        found[wanted.conversation] = choice
        if choice.agent_id is not None:
            taken = room[choice.agent_id]
            # Later ones of one plan come later, however equal the clock.
            then = at + timedelta(microseconds=place + 1)
            room[taken.agent_id] = replace(taken, load=taken.load + wanted.weight, assigned_at=then)
    return found


def _problem(wanted: Wanted, candidate: Candidate) -> Problem | None:
    if candidate.load + wanted.weight > candidate.capacity:
        return Problem.NO_ROOM
    if candidate.agent_id in wanted.not_again:
        return Problem.HAD_IT
    if wanted.relaxed:
        return None
    if not _speaks(wanted, candidate):
        return Problem.LANGUAGE
    return None if wanted.skills <= candidate.skills else Problem.SKILL


def _speaks(wanted: Wanted, candidate: Candidate) -> bool:
    return not candidate.languages or wanted.language in candidate.languages


def _missing(wanted: Wanted, candidate: Candidate) -> int:
    """How much of what is needed this agent lacks: of those who do, the nearest goes first."""
    return len(wanted.skills - candidate.skills) + (not _speaks(wanted, candidate))


def _rank(candidate: Candidate, strategy: Strategy) -> tuple[float, datetime, str]:
    """The smallest goes first."""
    busy = candidate.load / candidate.capacity if strategy is Strategy.LEAST_BUSY else 0.0
    return busy, candidate.assigned_at or NEVER, candidate.agent_id
