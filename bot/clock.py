"""The one place that asks what time it is, so that tests can hold it still."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import structlog

log = structlog.get_logger()


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


async def every(seconds: float, work: Callable[[], Awaitable[object]], *, name: str) -> None:
    """Does the work now and again, until cancelled; a failure is logged, and it goes on."""
    while True:
        try:
            await work()
        except Exception:
            log.exception(f"{name}_failed")
        await asyncio.sleep(seconds)
