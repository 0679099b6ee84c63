"""What is told after an act on many: to how many it was done, to which not, and why. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.accounts.models import Agent
from bot.conversations.errors import NotPossibleNow
from bot.conversations.state import Status
from bot.errors import FirstlineError
from bot.handling.bulk import Outcome, Pick
from bot.handoff.errors import NotYours, StaleSend, Unread
from bot.inbox.views import Row

TAKEN = (Status.WITH_AGENT, Status.SNOOZED)


@dataclass(frozen=True)
class Reason:
    """Why not, as the text `inbox.bulk.refused.<key>`; without a key the fault's own `words`."""

    key: str
    name: str = ""  # of the agent who has it
    status: Status | None = None
    words: str = ""


@dataclass(frozen=True)
class Left:
    """Conversations that were left as they are, for one reason."""

    reason: Reason
    ids: tuple[str, ...]
    links: tuple[Row, ...]


@dataclass(frozen=True)
class Report:
    """The whole answer."""

    done: int
    left: tuple[Left, ...]
    undo: tuple[Pick, ...]  # empty: nothing to take back
    # How all stand that the agent may see, for the next act on the same selection.
    seen: dict[str, str]
    done_ids: tuple[str, ...]

    @property
    def left_count(self) -> int:
        """How many were left as they are."""
        return sum(len(one.ids) for one in self.left)


def report_of(
    agent: Agent,
    outcomes: Sequence[Outcome],
    standing: Mapping[str, Row],
    *,
    language: str,
) -> Report:
    """In the order of the selection; reasons in the order in which they came up."""
    groups: dict[Reason, list[str]] = {}
    for outcome in outcomes:
        if outcome.fault is not None:
            there = standing.get(outcome.pick.id)
            reason = _reason(agent, outcome.fault, there, language)
            groups.setdefault(reason, []).append(outcome.pick.id)
    done = [outcome for outcome in outcomes if outcome.fault is None]
    return Report(
        done=len(done),
        left=tuple(
            Left(reason, tuple(ids), tuple(standing[one] for one in ids if one in standing))
            for reason, ids in groups.items()
        ),
        undo=tuple(
            Pick(one.pick.id, standing[one.pick.id].epoch, one.undo)
            for one in done
            if one.undo is not None and one.pick.id in standing
        ),
        seen={one.id: f"{one.epoch}.{one.customer_seq}" for one in standing.values()},
        done_ids=tuple(one.pick.id for one in done),
    )


def _reason(agent: Agent, fault: FirstlineError, there: Row | None, language: str) -> Reason:
    """A refusal for what has happened meanwhile says what has; any other says itself."""
    if there is None:
        return Reason("gone")
    if isinstance(fault, StaleSend | NotYours | NotPossibleNow):
        if there.status is Status.CLOSED:
            return Reason("closed")
        if there.status in TAKEN and there.agent_id != agent.id:
            key = "taken" if isinstance(fault, StaleSend) else "others"
            return Reason(key, name=there.agent_name or "")
        if isinstance(fault, NotPossibleNow):
            return Reason("not_now", status=there.status)
        return Reason("changed")
    if isinstance(fault, Unread):
        return Reason("wrote")
    return Reason("", words=fault.message(language))
