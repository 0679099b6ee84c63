"""What is shown of a person who is several customers. Pure."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.conversations.models import Customer
from bot.merged.models import CustomerMerge

Part = Literal["name", "email", "phone"]
PARTS: tuple[Part, ...] = ("name", "email", "phone")


@dataclass(frozen=True)
class Person:
    """Customers who are one, as far as the reader may see them: the kept one first, if they may."""

    id: str  # of the kept one
    members: tuple[Customer, ...]
    merges: tuple[CustomerMerge, ...] = ()  # those that hold, the newest first

    @property
    def kept(self) -> Customer:
        """The customer under whom the others are shown."""
        return self.members[0]

    @property
    def is_several(self) -> bool:
        """Whether there is more than one that the reader may see."""
        return len(self.members) > 1

    @property
    def name(self) -> str | None:
        """As whoever put them together chose."""
        return self._shown("name")

    @property
    def email(self) -> str | None:
        """The same."""
        return self._shown("email")

    @property
    def phone(self) -> str | None:
        """The same."""
        return self._shown("phone")

    @property
    def called(self) -> str | None:
        """What a list calls the person; None for somebody who left nothing."""
        return self.name or self.email or self.phone

    def choices(self, part: Part) -> list[tuple[Customer, str]]:
        """Every value of this part once, with a customer who has it; the one shown comes first."""
        found: dict[str, Customer] = {}
        shown = self._shown(part)
        for one in self.members:
            value = getattr(one, part)
            if value:
                found.setdefault(value, one)
        return sorted(((one, value) for value, one in found.items()), key=lambda c: c[1] != shown)

    def _shown(self, part: Part) -> str | None:
        by_id = {one.id: one for one in self.members}
        chosen = [
            getattr(merge, f"{part}_from") for merge in self.merges if merge.kept_id == self.id
        ]
        for one in (*(by_id.get(id_ or "") for id_ in chosen), *self.members):
            value: str | None = getattr(one, part) if one is not None else None
            if value:
                return value
        return None


def person_of(members: Iterable[Customer], merges: Iterable[CustomerMerge] = ()) -> Person:
    """The person whom these customers are; at least one, all with the same kept one."""
    there = sorted(members, key=lambda one: (one.kept_id is not None, one.created_at, one.id))
    newest = sorted(merges, key=lambda merge: merge.id, reverse=True)
    return Person(there[0].kept_id or there[0].id, tuple(there), tuple(newest))


def fingerprint(members: Iterable[str]) -> str:
    """A short sign for who is together, so that a form that was open for long is noticed."""
    return hashlib.sha256(" ".join(sorted(members)).encode()).hexdigest()[:16]


def below(customer_id: str, merges: Sequence[CustomerMerge]) -> set[str]:
    """Who came along with this customer: what splits off together when their merge is undone."""
    found = {customer_id}
    while more := {m.gone_id for m in merges if m.kept_id in found} - found:
        found |= more
    return found
