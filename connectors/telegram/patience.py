"""For what nobody keeps, and so nobody tries again later: a few tries, with growing pauses."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from telegram.error import TelegramError

from connectors.telegram import faults

PAUSES_SECONDS = (0.5, 1.0, 2.0, 4.0)
LONGEST_WAIT_SECONDS = 30.0  # Telegram may ask for hours; its customer's next message waits behind

Result = TypeVar("Result")

log = structlog.get_logger()


async def patiently(call: Callable[[], Awaitable[Result]]) -> Result:
    """What `call` returns; raises TelegramError of its last try, or of one that is hopeless.

    After a network that failed nobody knows whether Telegram took it: it may arrive twice.
    """
    for pause in PAUSES_SECONDS:
        try:
            return await call()
        except TelegramError as error:
            wait = faults.wait_for(error)
            if wait is None or wait > LONGEST_WAIT_SECONDS:
                raise
            log.info("telegram.again", problem=f"{type(error).__name__}: {error}")
            await asyncio.sleep(max(wait, pause))
    return await call()
