"""What an action may say when the system behind it does not answer."""

from __future__ import annotations

from collections.abc import Mapping


class ServiceDown(Exception):
    """A system is unreachable, too slow, or answers what we do not understand."""


class NotAccepted(Exception):
    """A system refused at the end: says why, and the form asks for these slots again."""

    def __init__(
        self, response: str, *, slots: tuple[str, ...], details: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(response)
        self.response = response
        self.slots = slots
        self.details = dict(details or {})
