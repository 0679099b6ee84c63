"""What Rasa does at every message the long way round, with the same results: half a millisecond.

Every temporary tracker copies every slot of the domain by way of Python's pickling protocol, some
ten times a turn; and before each parse result is checked, an empty domain is built and both are
written out, to find that ours is not empty.
"""

from __future__ import annotations

from typing import Any

from rasa.shared.core.domain import Domain
from rasa.shared.core.slots import Slot

_is_empty = Domain.is_empty


def take_shortcuts() -> None:
    """For all slots and domains of this process."""
    Slot.__copy__ = _copy
    Domain.is_empty = _is_empty_once


# `Any`: Rasa's classes are untyped to us.
def _copy(slot: Any) -> Any:
    twin = slot.__class__.__new__(slot.__class__)
    twin.__dict__.update(slot.__dict__)
    return twin


def _is_empty_once(domain: Any) -> bool:
    """A domain does not change once its model is loaded."""
    known = domain.__dict__
    if "_found_empty" not in known:
        known["_found_empty"] = _is_empty(domain)
    empty: bool = known["_found_empty"]
    return empty
