"""One act on many conversations: each by itself, and a word on each.

What is done is what the button of a single conversation does, with its own transaction and its own
checks; here is only the loop around it. A refusal of one changes nothing for the others.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog

from bot.accounts.models import Agent
from bot.errors import FirstlineError

MOST = 200

log = structlog.get_logger()


class NothingPicked(FirstlineError):
    """An act on no conversation at all."""

    code = "nothing_picked"
    status = 422


class TooManyPicked(FirstlineError):
    """More than `MOST`; nothing was done to any of them."""

    code = "too_many_picked"
    status = 422


class Failed(FirstlineError):
    """Not a refusal but a fault, such as a database that is gone; the log has it."""

    code = "bulk_failed"
    status = 500


class NotTried(FirstlineError):
    """After a fault the rest is left alone."""

    code = "bulk_not_tried"
    status = 503


@dataclass(frozen=True)
class Pick:
    """A selected conversation, with the epoch it was seen with; `was`: what an undo restores.

    `read_seq`: the customer's last message that was seen of it, None where no page said so.
    """

    id: str
    epoch: int
    was: str = ""
    read_seq: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of one: done, or the fault. `undo`: what its undo needs, None without one."""

    pick: Pick
    fault: FirstlineError | None = None
    undo: str | None = None


# Does it to one; tells what its undo needs, or None where nothing changed or nothing undoes it.
Act = Callable[[Agent, Pick], Awaitable[str | None]]


async def on_each(agent: Agent, picks: Sequence[Pick], act: Act) -> list[Outcome]:
    """One after another, each conversation once; raises NothingPicked or TooManyPicked first."""
    wanted = list({pick.id: pick for pick in picks}.values())
    if not wanted:
        raise NothingPicked
    if len(wanted) > MOST:
        raise TooManyPicked(limit=MOST, count=len(wanted))
    outcomes: list[Outcome] = []
    is_broken = False
    for pick in wanted:
        if is_broken:
            outcomes.append(Outcome(pick, NotTried()))
            continue
        try:
            outcomes.append(Outcome(pick, undo=await act(agent, pick)))
        except FirstlineError as refusal:
            outcomes.append(Outcome(pick, refusal))
        # Whoever asked has to hear of those that are done already, whatever became of this one.
        except Exception:
            log.exception("bulk.failed", conversation=pick.id)
            outcomes.append(Outcome(pick, Failed()))
            is_broken = True
    return outcomes
