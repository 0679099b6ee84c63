"""One button for many conversations: each is a transaction of its own, with its own epoch."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bot.errors import FirstlineError

MOST = 100

# What is done with one conversation, from the epoch that the list showed.
Act = Callable[[str, int], Awaitable[None]]


class NothingChosen(FirstlineError):
    """No conversation is ticked, or more than one press can take."""

    code = "nothing_chosen"
    status = 422


@dataclass(frozen=True)
class Item:
    """A conversation as the list showed it."""

    conversation_id: str
    epoch: int


@dataclass(frozen=True)
class Refused:
    """Which one it did not work with, and why."""

    conversation_id: str
    fault: FirstlineError


async def do_each(items: Sequence[Item], act: Act) -> list[Refused]:
    """Those that were refused; the others are done. Raises NothingChosen."""
    if not 0 < len(items) <= MOST:
        raise NothingChosen(limit=MOST)
    refused = []
    for item in items:
        try:
            await act(item.conversation_id, item.epoch)
        except FirstlineError as fault:
            refused.append(Refused(item.conversation_id, fault))
    return refused
