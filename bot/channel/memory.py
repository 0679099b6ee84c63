"""What a channel must remember though its process ends: part of the contract with connectors."""

from typing import Protocol


class ChannelMemory(Protocol):
    """Short texts under keys of the channel's own, the same for every process.

    A key has up to 200 characters. What is kept for some days is forgotten some time after them.
    """

    async def recall(self, channel: str, key: str) -> str | None:
        """What was kept under this key; None when there is nothing."""

    async def starting(self, channel: str, prefix: str) -> dict[str, str]:
        """Everything whose key begins so, by its key; at most 100."""

    async def keep(self, channel: str, key: str, value: str, *, days: float | None = None) -> None:
        """Keeps it in the place of what was there."""

    async def first(self, channel: str, key: str, value: str = "", *, days: float) -> bool:
        """Keeps it if nothing is there: of several processes, one is told True."""

    async def forget(self, channel: str, key: str) -> None:
        """Nothing is kept there any more."""
