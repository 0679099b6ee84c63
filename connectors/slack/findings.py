"""What a check found. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """What was looked at; `mend` says what to do when it is not good."""

    good: bool
    what: str
    mend: str = ""
