"""What is wrong with a conversation that nobody would look after, and what people must hear. Pure.

Every open conversation has an owner who can act, or a queue, a deadline and somebody who may take
it. `faults` says where that does not hold; most of it can be repaired (`upkeep/service.py`).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.channel import Trouble
from bot.conversations.state import OWNER, Owner, Status

# Younger than this, a message may well be on its way through a transaction.
GRACE = timedelta(seconds=30)
# An agent who is signed in nowhere keeps a waiting customer for so long.
AGENT_GONE_AFTER = timedelta(hours=1)

# From when on people hear of it.
DELIVERY_WAITS = timedelta(minutes=5)
TURN_WAITS = timedelta(seconds=60)
TIMER_LATE = timedelta(seconds=60)
CHECK_LATE = timedelta(minutes=5)
# For how long mails and alerts are told that nobody took.
GIVEN_UP_FOR = timedelta(days=7)


class Fault(StrEnum):
    """Why nobody looks after a conversation."""

    NO_TURN = "no_turn"  # the bot's, and it was never asked about the last message
    STRAY_TURN = "stray_turn"  # not the bot's any more, and it is still to be asked
    NO_DEADLINE = "no_deadline"
    NO_WAKING = "no_waking"
    AGENT_DISABLED = "agent_disabled"
    AGENT_LEFT_DESK = "agent_left_desk"
    AGENT_GONE = "agent_gone"
    NOBODY_AT_DESK = "nobody_at_desk"  # queued where no agent works: only a person can mend it


@dataclass(frozen=True)
class Owning:
    """The agent who has a conversation."""

    is_disabled: bool
    works_at_desk: bool
    is_signed_in: bool


@dataclass(frozen=True)
class Facts:
    """What is stored about an open conversation, as far as its care goes."""

    conversation: str
    status: Status
    queued_at: datetime | None = None
    due_at: datetime | None = None
    timer_runs: bool = False
    turn_is_open: bool = False
    unasked_since: datetime | None = None  # the customer spoke last, and no turn is about it
    customer_waits_since: datetime | None = None  # no agent has answered the last message
    agent: Owning | None = None
    desk_has_agents: bool = True


def faults(facts: Facts, at: datetime) -> tuple[Fault, ...]:
    """All that is wrong."""
    found = [Fault.STRAY_TURN] if facts.turn_is_open and facts.status is not Status.BOT else []
    match OWNER[facts.status]:
        case Owner.BOT:
            if facts.unasked_since is not None and facts.unasked_since <= at - GRACE:
                found.append(Fault.NO_TURN)
        case Owner.QUEUE:
            if facts.queued_at is None or not _has_end(facts, at):
                found.append(Fault.NO_DEADLINE)
            if not facts.desk_has_agents:
                found.append(Fault.NOBODY_AT_DESK)
        case Owner.AGENT:
            fault = _agent_fault(facts, at)
            if fault is not None:
                found.append(fault)
            elif facts.status is Status.SNOOZED and not (facts.due_at and facts.timer_runs):
                found.append(Fault.NO_WAKING)
        case Owner.NOBODY:
            pass
    return tuple(found)


def _has_end(facts: Facts, at: datetime) -> bool:
    """A deadline that is over has fired; one to come needs its timer."""
    return facts.due_at is not None and (facts.timer_runs or facts.due_at <= at)


def _agent_fault(facts: Facts, at: datetime) -> Fault | None:
    agent = facts.agent
    if agent is None or agent.is_disabled:
        return Fault.AGENT_DISABLED
    if not agent.works_at_desk:
        return Fault.AGENT_LEFT_DESK
    waits_since = facts.customer_waits_since
    waits = waits_since is not None and waits_since <= at - AGENT_GONE_AFTER
    # Whoever snoozed it and went home comes back: it wakes first.
    is_awake = facts.status is Status.WITH_AGENT
    return Fault.AGENT_GONE if waits and is_awake and not agent.is_signed_in else None


@dataclass(frozen=True)
class Signs:
    """How the desk is, in numbers; all of them are shown at `/readyz`."""

    checked_at: datetime | None = None  # None: never yet
    without_owner: int = 0  # what the last check could not repair
    overdue: tuple[tuple[str, int], ...] = ()  # desk → in its queue beyond the deadline
    undelivered: int = 0
    oldest_undelivered_at: datetime | None = None
    dead_letters: int = 0
    # Mails about accounts, transcripts, agents' alerts that nobody took, as the check found them.
    dead_account_mails: int = 0
    dead_transcripts: int = 0
    dead_alerts: int = 0
    oldest_turn_at: datetime | None = None
    late_timers: int = 0
    duplicates_refused: int = 0
    stale_sends_refused: int = 0
    troubles: tuple[Trouble, ...] = ()  # what stops a channel


@dataclass(frozen=True)
class Alarm:
    """Something that a person has to see. `desk` None: everybody's matter."""

    kind: str
    count: int
    desk: str | None = None
    trouble: Trouble | None = None  # what stops a channel; those of its desks see it

    def concerns(self, desks: Collection[str]) -> bool:
        """Whether somebody who works at these desks has to see it."""
        if self.trouble is not None:
            return any(desk in desks for desk in self.trouble.desks)
        return self.desk is None or self.desk in desks


def alarms(signs: Signs, at: datetime) -> tuple[Alarm, ...]:
    """What of it people must hear."""
    found = [Alarm(trouble.kind, 1, trouble=trouble) for trouble in signs.troubles]
    found += [Alarm("overdue", count, desk) for desk, count in signs.overdue]
    if signs.without_owner:
        found.append(Alarm("without_owner", signs.without_owner))
    if _older(signs.oldest_turn_at, at - TURN_WAITS):
        found.append(Alarm("slow_bot", 1))
    if _older(signs.oldest_undelivered_at, at - DELIVERY_WAITS):
        found.append(Alarm("undelivered", signs.undelivered))
    if signs.late_timers:
        found.append(Alarm("late_timers", signs.late_timers))
    if _older(signs.checked_at, at - CHECK_LATE):
        found.append(Alarm("unchecked", 1))
    return tuple(found)


def seconds_since(since: datetime | None, at: datetime) -> float:
    """0 when there is none."""
    return 0.0 if since is None else round(max((at - since).total_seconds(), 0.0), 1)


def _older(moment: datetime | None, than: datetime) -> bool:
    return moment is not None and moment < than
