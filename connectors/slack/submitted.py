"""A submitted window: Slack has its answer as soon as that of a press, and what is not known by
then is told by another way."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck

from connectors.slack import later
from connectors.slack.later import Later, NoRoom, StillAtWork

# `Any`: Slack's JSON.
Json = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What the window is answered: without fields, it closes."""

    fields: Json = field(default_factory=dict)
    words: str = ""  # the same for somebody who sees no window any more


def refused(block: str, words: str, *, late: str = "") -> Answer:
    """Under a field, where everything typed is still there."""
    return Answer({"response_action": "errors", "errors": {block: words}}, late or words)


class _Answered(Exception):
    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


async def answer_in_time(
    waits: Later,
    ack: AsyncAck,
    work: Callable[[], Awaitable[Answer]],
    *,
    key: str,
    order: str,
    meanwhile: Json,
    tell: Callable[[str], None],
    failed: str,
) -> None:
    """Does the work of one submission, once at a time (`key`), after what came before (`order`).

    `meanwhile` takes the window's place when the work takes longer. Then `tell` begins to say what
    became of it, and `failed` when it raised; what comes next in the order does not wait for that.
    Raises NoRoom when nothing was begun, and what the work raises in time: then Slack leaves the
    window as it is, and says so.
    """
    is_late = False

    async def do() -> None:
        try:
            answer = await work()
        except Exception:
            if is_late:  # nobody sees the window any more
                tell(failed)
            raise
        if not is_late:
            raise _Answered(answer)
        if answer.words:
            tell(answer.words)

    try:
        await waits.in_time(key, order, do, within=later.PRESS_SECONDS)
    except _Answered as done:
        await ack(**done.answer.fields)
    except NoRoom:
        raise
    except StillAtWork:
        is_late = True
        await ack(response_action="update", view=meanwhile)
    else:  # somebody else waited for the same work, and was told
        await ack()
