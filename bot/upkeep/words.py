"""What stops a channel, in words: for agents' pages and `firstline doctor`."""

from collections.abc import Mapping

from bot.channel import Trouble
from bot.texts import catalogue, text


def has_words(trouble: Trouble) -> bool:
    """False for one that only a newer version knows: while the desk is upgraded both run."""
    keys = (f"trouble.where.{trouble.role}", f"trouble.{trouble.kind}", f"mend.{trouble.kind}")
    return catalogue().keys() >= set(keys)


def in_words(trouble: Trouble, names: Mapping[str, str], language: str) -> tuple[str, str]:
    """(what is wrong and where, how to mend it); `names`: of the desks, by id."""
    desks = ", ".join(names.get(desk, desk) for desk in trouble.desks)
    where = text(f"trouble.where.{trouble.role}", language, place=trouble.place)
    what = text(f"trouble.{trouble.kind}", language, desks=desks, where=where)
    return what, text(f"mend.{trouble.kind}", language)
