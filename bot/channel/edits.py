"""What a customer takes back or puts right, where their channel lets them edit or delete."""

from enum import StrEnum
from typing import Protocol


class Edit(StrEnum):
    """What became of an edit, or of a message that its customer deleted."""

    UNKNOWN = "unknown"  # the desk never had this message, or it was withdrawn
    UNCHANGED = "unchanged"  # it says already what it should
    IN_TIME = "in_time"  # the bot had not answered it: it reads it anew, or reads it no more
    TOO_LATE = "too_late"  # only the transcript tells: nothing is answered twice


class EditDesk(Protocol):
    """What a connector may ask about messages that came in before."""

    async def edited(
        self, channel: str, external_id: str, text: str, *, for_bot: bool = True
    ) -> Edit:
        """The message that came in under this key says `text` now.

        One that was files alone is heard now, if it is `for_bot`: until now it asked nothing.
        Raises EmptyText or TextTooLong, and then nothing is changed.
        """

    async def withdrawn(self, channel: str, external_id: str) -> Edit:
        """Its customer deleted it: its words and files go, and a turn that still waits for it.

        A conversation of which nothing else is left ends.
        """
