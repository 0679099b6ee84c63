"""Many customers at once."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from itertools import cycle

from benchmarks.console import console
from benchmarks.customer import Customer, customer

OPEN_AT_ONCE = 20


async def open_all(stack: AsyncExitStack, services: Sequence[str], count: int) -> list[Customer]:
    """Opens so many sockets, in turn at each service; they are closed with the stack."""
    at_once, where = asyncio.Semaphore(OPEN_AT_ONCE), cycle(services)

    async def one(url: str) -> Customer:
        async with at_once:
            return await stack.enter_async_context(customer(url))

    with console.status(f"opening {count} sockets"):
        return await asyncio.gather(*(one(next(where)) for _ in range(count)))
