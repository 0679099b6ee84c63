"""What stops a channel until a person mends it, outside of the desk: part of the contract with
connectors.

A connector keeps what it found in the memory (`ChannelMemory`) under TROUBLES and its own name;
the desk shows it to the agents of the desks that it stops, and forgets it when nobody looks.
"""

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime

# The memory's channel of them; the key is the connector's name.
TROUBLES = "troubles"
# Nobody has looked for so long: then nobody knows.
KNOWN_DAYS = 1 / 24


@dataclass(frozen=True)
class Trouble:
    """One of them. Its texts are `trouble.KIND` and `mend.KIND`."""

    kind: str
    subject: str  # the connector's name of what it looked at; each has one trouble at most
    desks: tuple[str, ...]  # whose agents must hear of it
    since: datetime
    place: str = ""  # as people call it
    role: str = "place"  # what the place is to the desk: `trouble.where.ROLE`


def written_troubles(troubles: Iterable[Trouble]) -> str:
    """As the memory keeps them."""
    return json.dumps([asdict(one) | {"since": one.since.isoformat()} for one in troubles])


def read_troubles(kept: str | None) -> tuple[Trouble, ...]:
    """What the memory kept; none when it is not to be read: the next look tells."""
    with suppress(ValueError, TypeError, KeyError):
        return tuple(
            Trouble(
                **one
                | {"desks": tuple(one["desks"]), "since": datetime.fromisoformat(one["since"])}
            )
            for one in json.loads(kept or "[]")
        )
    return ()
