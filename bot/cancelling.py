"""A cancelled task ends, whatever library it happens to wait in."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

Answer = TypeVar("Answer")


async def heeding(call: Awaitable[Answer]) -> Answer:
    """What the call answers; raises CancelledError when the task was cancelled meanwhile.

    Before Python 3.12 `asyncio.wait_for` forgets a cancelling that comes in the moment in which
    what it waits for is done (bpo-37658), and redis-py sends each command through it: a task that
    goes on for ever would do so although it was told to end, and whoever stops it would wait.
    """
    task = asyncio.current_task()
    before = task.cancelling() if task else 0
    answer = await call
    if task and task.cancelling() > before:
        raise asyncio.CancelledError
    return answer
