"""What an agent is to colleagues and to the rule that hands out conversations. Pure.

Agents choose it. Who is online and does nothing for a while is told first, and then away: somebody
who has left the desk must not get a customer. Being away by idleness ends with the next sign of
life; what an agent chose ends when they choose something else, or sign in again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# How long before it happens the agent is asked whether they are there.
ASKED_BEFORE = timedelta(minutes=2)
# Signs of life are written down so often at most.
NOTED_EVERY = timedelta(seconds=30)


class State(StrEnum):
    """Only who is online gets conversations, and is promised to customers."""

    ONLINE = "online"
    AWAY = "away"
    BREAK = "break"
    OFFLINE = "offline"


@dataclass(frozen=True)
class Standing:
    """How it is with an agent. `away_at`: when they will be away if they go on doing nothing."""

    state: State
    is_idle: bool
    away_at: datetime | None = None
    is_asked: bool = False


def standing(
    state: str, active_at: datetime | None, at: datetime, *, is_idle: bool, patience: timedelta
) -> Standing:
    """`patience`: for how long an agent may do nothing; zero: for ever."""
    found = State(state)
    if found is not State.ONLINE or active_at is None or not patience:
        return Standing(found, is_idle)
    away_at = active_at + patience
    return Standing(found, False, away_at, is_asked=at >= away_at - ASKED_BEFORE)


def is_due(found: Standing, at: datetime) -> bool:
    """Whether the agent has been idle for too long."""
    return found.away_at is not None and found.away_at <= at
