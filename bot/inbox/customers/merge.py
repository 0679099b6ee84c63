"""Puts two customers together: find the other one, see what follows, choose; and apart again."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.models import Agent
from bot.conversations.errors import NoSuchCustomer
from bot.conversations.models import Customer
from bot.identity.models import Identity
from bot.inbox.customers import queries
from bot.inbox.customers.queries import Tally
from bot.inbox.guard import doer_of, form_fields, visitor
from bot.inbox.queries import visitor_code
from bot.inbox.screen import Screen, listed
from bot.merged.errors import AlreadyOnePerson
from bot.merged.person import PARTS, Part, Person, fingerprint
from bot.merged.repository import group, identities_of, person_at
from bot.merged.service import CustomerMerging, Wish


@dataclass(frozen=True)
class Side:
    """One of the two, with what hangs on them at the agent's desks."""

    person: Person
    members: tuple[str, ...]  # also those that the agent does not see
    tally: Tally
    identities: dict[str, Identity]


@dataclass(frozen=True)
class Choice:
    """Where the two differ: the values, and whose each is; the first one is proposed."""

    part: Part
    values: Sequence[tuple[Customer, str, bool]]  # signed for by a site, or not


@dataclass(frozen=True)
class MergePages:
    """Handlers; each needs the permission of its router."""

    screen: Screen
    merging: CustomerMerging

    def add_to(self, router: APIRouter) -> None:
        """Adds the routes."""
        here = "/customers/{customer_id}"
        router.get(f"{here}/merge")(self.find)
        router.get(f"{here}/merge/{{other_id}}")(self.preview)
        router.post(f"{here}/merge/{{other_id}}")(self.merge)
        router.post(f"{here}/split")(self.split)

    async def find(self, request: Request, customer_id: str) -> Response:
        """Whom to put together with: who may be the same, or whoever is found by `who`."""
        desks = visitor(request).agent.desks
        typed = " ".join((request.query_params.get("who") or "").split())
        async with self.screen.db.read() as session:
            person = await person_at(session, customer_id, desks=desks)
            if person is None:
                raise NoSuchCustomer
            members = await group(session, customer_id)
            if typed:
                found = await queries.named(session, typed, members, desks=desks)
            else:
                found = await queries.perhaps_the_same(session, person, members, desks=desks)
        return await self.screen.show_panel(
            request,
            "_customer_find.html",
            person=person,
            typed=typed,
            found=found,
            visitor_code=visitor_code,
        )

    async def preview(self, request: Request, customer_id: str, other_id: str) -> Response:
        """What will follow, and what is to be chosen. Raises NoSuchCustomer, AlreadyOnePerson."""
        agent = visitor(request).agent
        async with self.screen.db.read() as session:
            here = await self._side(session, agent, customer_id)
            other = await self._side(session, agent, other_id)
        if here.person.id == other.person.id:
            raise AlreadyOnePerson
        return await self.screen.show_panel(
            request,
            "_customer_merge.html",
            person=here.person,
            sides=(here, other),
            kept=_proposed(here, other),
            choices=[choice for part in PARTS if (choice := _choice(part, here, other))],
            seen=fingerprint((*here.members, *other.members)),
            visitor_code=visitor_code,
        )

    async def merge(self, request: Request, customer_id: str, other_id: str) -> Response:
        """Puts them together, and shows the one who was kept."""
        fields = await form_fields(request)
        is_other_kept = fields.get("keep") == other_id
        wish = Wish(
            kept_id=other_id if is_other_kept else customer_id,
            gone_id=customer_id if is_other_kept else other_id,
            name_from=fields.get("name"),
            email_from=fields.get("email"),
            phone_from=fields.get("phone"),
            seen=fields.get("seen", ""),
        )
        kept = await self.merging.merge(visitor(request).agent, doer_of(request), wish)
        return self._to(request, kept)

    async def split(self, request: Request, customer_id: str) -> Response:
        """They are two again, as they were before; shows whom this one was under."""
        agent, doer = visitor(request).agent, doer_of(request)
        kept = await self.merging.split(agent, doer, customer_id)
        return self._to(request, kept)

    def _to(self, request: Request, customer_id: str) -> Response:
        view = urlencode({"view": listed(request)})
        return RedirectResponse(f"/inbox/customers/{customer_id}?{view}", 303)

    async def _side(self, session: AsyncSession, agent: Agent, customer_id: str) -> Side:
        person = await person_at(session, customer_id, desks=agent.desks)
        if person is None:
            raise NoSuchCustomer
        members = await group(session, customer_id)
        return Side(
            person,
            members,
            await queries.tally(session, members, desks=agent.desks),
            dict(await identities_of(session, [one.id for one in person.members])),
        )


def _proposed(here: Side, other: Side) -> str:
    """Whom a site signed for is kept, else who came first; an agent may choose the other way."""
    oldest = sorted((here, other), key=lambda side: side.person.kept.created_at)
    return min(oldest, key=lambda side: not side.identities).person.id


def _choice(part: Part, here: Side, other: Side) -> Choice | None:
    """None where there is nothing to choose. What a site signed is proposed."""
    signed = {**here.identities, **other.identities}
    values: dict[str, tuple[Customer, str, bool]] = {}
    for side in (here, other):
        for customer, value in side.person.choices(part):
            identity = signed.get(customer.id)
            is_signed = identity is not None and getattr(identity, part, None) == value
            if value not in values or (is_signed and not values[value][2]):
                values[value] = (customer, value, is_signed)
    if len(values) < 2:
        return None
    return Choice(part, sorted(values.values(), key=lambda one: not one[2]))
