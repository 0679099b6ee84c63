"""Who is there, and what they were asked before the chat: part of the contract with connectors."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class FilledForm:
    """What a customer answered before the chat, as a browser sent it."""

    customer: str
    thread: str
    language: str
    answers: Mapping[str, str]
    consent: bool


class FormDesk(Protocol):
    """What a connector may ask about the form before the chat."""

    async def is_missing(self, channel: str, thread: str, desk: str) -> bool:
        """Whether the desk asks something that this thread has not answered."""

    async def require(self, channel: str, thread: str, desk: str) -> None:
        """Raises FormFirst when it is missing."""

    async def take(self, channel: str, desk: str, filled: FilledForm) -> None:
        """Keeps it; raises BadForm."""

    def problem_with(self, desk: str, key: str, value: str, language: str) -> str | None:
        """What is wrong with this one answer, in words; None when it is good."""


@dataclass(frozen=True)
class Proof:
    """What a host site signed about its user: a token, or a user id with its hash."""

    jwt: str | None = None
    user_id: str | None = None
    hash: str | None = None


@dataclass(frozen=True)
class Recognised:
    """Whose browser it is: a visitor (None: a new one), and the person if one is signed for."""

    visitor: str | None
    person: str | None = None
    name: str | None = None


class IdentityDesk(Protocol):
    """What a connector may ask about who is there."""

    async def recognise(
        self, channel: str, desk: str, visitor: str | None, proof: Proof | None
    ) -> Recognised:
        """Who it is; raises BadIdentity when the proof is not good."""
