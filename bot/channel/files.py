"""Files on their way out: part of the contract with connectors."""

from collections.abc import AsyncIterator
from typing import Protocol


class OpenFile(Protocol):
    """A file that can be read once."""

    @property
    def name(self) -> str:
        """As its reader should see it."""

    @property
    def media_type(self) -> str:
        """Told by its content."""

    @property
    def size(self) -> int:
        """In bytes."""

    @property
    def pieces(self) -> AsyncIterator[bytes]:
        """Its bytes, in order."""


class FileDesk(Protocol):
    """What a connector may ask about the files of messages, to carry them itself."""

    async def open(self, secret: str) -> OpenFile:
        """The file whose `Attachment.url` ends with this; raises NoSuchFile."""
