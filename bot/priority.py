"""How urgent a conversation is. Pure.

Stored as its number, so that a queue can be put in order by it: the higher goes first.
"""

from enum import IntEnum


class Priority(IntEnum):
    """`word` is its name in addresses, `desks.toml`, and the keys of texts."""

    LOW = 0
    NORMAL = 1
    HIGH = 2
    URGENT = 3

    @property
    def word(self) -> str:
        """Such as “urgent”."""
        return self.name.lower()


WORDS = {priority.word: priority for priority in Priority}


def priority_named(word: str | None) -> Priority | None:
    """The priority with this word; None when there is no such one."""
    return WORDS.get(word or "")
