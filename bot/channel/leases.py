"""Work that one process does for all: part of the contract with connectors."""

from typing import Protocol


class Lease(Protocol):
    """Who does it is a row in the database, so it is one process, whoever dies."""

    async def hold(self, name: str, *, seconds: float) -> bool:
        """Whether this process does the work now, and for so long unless it holds it again."""

    async def let_go(self, name: str) -> None:
        """Another process may take over at once; nothing happens when it is not ours."""
