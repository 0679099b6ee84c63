"""Shows a customer: contacts, what a site signed, and the timeline over all their conversations."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from bot.accounts.permissions import Permission, may
from bot.conversations.errors import NoSuchCustomer
from bot.inbox.customers import queries
from bot.inbox.guard import visitor
from bot.inbox.paging import packed, unpacked
from bot.inbox.queries import visitor_code
from bot.inbox.screen import Screen
from bot.merged.repository import group, identities_of, person_at

EPISODES = 30


@dataclass(frozen=True)
class Customers:
    """Its handler."""

    screen: Screen

    def add_to(self, read: APIRouter) -> None:
        """Adds the route."""
        read.get("/customers/{customer_id}")(self.show)

    async def show(self, request: Request, customer_id: str) -> Response:
        """The page, and from `after` on the older part of the timeline. Raises NoSuchCustomer."""
        agent = visitor(request).agent
        desks = agent.desks
        before = unpacked(request.query_params.get("after"), queries.NEWEST_FIRST)
        async with self.screen.db.read() as session:
            person = await person_at(session, customer_id, desks=desks)
            if person is None:
                raise NoSuchCustomer
            members = await group(session, customer_id)
            timeline = await queries.timeline(
                session, members, desks=desks, before=before, limit=EPISODES
            )
            others = await queries.perhaps_the_same(session, person, members, desks=desks)
            identities = await identities_of(session, [one.id for one in person.members])
        last = timeline.next
        return await self.screen.show_panel(
            request,
            "_customer.html",
            person=person,
            identities=identities,
            merges={merge.gone_id: merge for merge in person.merges},
            visitor_code=visitor_code,
            episodes=timeline.episodes,
            older=packed((last.at, last.id)) if last else None,
            is_first=before is None,
            others=others,
            may_merge=may(agent, Permission.MERGE_CUSTOMERS),
        )
