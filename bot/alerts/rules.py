"""What agents can be told of away from the inbox, in which way, and when. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from bot.accounts.permissions import HasRole, Permission, may
from bot.accounts.standing import State
from bot.errors import FirstlineError

# Seconds after which somebody has not looked.
PATIENCES = (30, 60, 120, 300, 900)
PATIENCE = 120


class Kind(StrEnum):
    """Of what."""

    ASSIGNED = "assigned"  # it was given to them
    WAITING = "waiting"  # it waits in the queue of a desk of theirs
    NEAR = "near"  # a deadline comes near, of theirs or of such a queue
    MENTION = "mention"  # a note names them, or asks them something
    ESCALATED = "escalated"  # a rule of the desk calls its leads


class Way(StrEnum):
    """How."""

    MAIL = "mail"
    PUSH = "push"


class When(StrEnum):
    """How much of the day. Who chose to be offline, or is on a break, is told nothing but by
    ALWAYS."""

    HERE = "here"  # while an inbox of theirs is open in some browser
    OPEN = "open"  # also without one, in the opening hours of the conversation's desk
    ALWAYS = "always"


@dataclass(frozen=True)
class Choice:
    """What an agent wants of one way. No kinds: nothing, as it is at first."""

    kinds: frozenset[Kind] = frozenset()
    patience: int = PATIENCE
    when: When = When.HERE


def offered(agent: HasRole) -> tuple[Kind, ...]:
    """Of what this agent can be told: leads alone hear of escalations."""
    is_lead = may(agent, Permission.DIRECT)
    return tuple(kind for kind in Kind if is_lead or kind is not Kind.ESCALATED)


class BadChoice(FirstlineError):
    """Not one of what is offered."""

    code = "bad_alert_choice"
    status = 422


def read_choice(agent: HasRole, kinds: list[str], patience: str, when: str) -> Choice:
    """What the agent chose in a form; raises BadChoice."""
    try:
        choice = Choice(frozenset(map(Kind, kinds)), int(patience), When(when))
    except ValueError:
        raise BadChoice from None
    if choice.patience not in PATIENCES or not choice.kinds <= set(offered(agent)):
        raise BadChoice
    return choice


def is_quiet(when: When, state: str, *, is_here: bool, is_open: bool) -> bool:
    """Whether the agent is left alone now."""
    if when is When.ALWAYS:
        return False
    if state in (State.OFFLINE, State.BREAK):
        return True
    return not is_here and not (when is When.OPEN and is_open)
