"""Shows a customer: contacts, what a site signed, and the timeline over all their conversations."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from bot.conversations.errors import NoSuchCustomer
from bot.identity.repository import identity_of
from bot.inbox.customers import queries
from bot.inbox.guard import visitor
from bot.inbox.paging import packed, unpacked
from bot.inbox.queries import visitor_code
from bot.inbox.screen import Screen

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
        desks = visitor(request).agent.desks
        before = unpacked(request.query_params.get("after"), queries.NEWEST_FIRST)
        async with self.screen.db.read() as session:
            customer = await queries.customer_at(session, customer_id, desks=desks)
            if customer is None:
                raise NoSuchCustomer
            timeline = await queries.timeline(
                session, customer.id, desks=desks, before=before, limit=EPISODES
            )
            others = await queries.perhaps_the_same(session, customer, desks=desks)
            identity = await identity_of(session, customer.id)
        last = timeline.next
        return await self.screen.show_panel(
            request,
            "_customer.html",
            customer=customer,
            code=visitor_code(customer),
            identity=identity,
            episodes=timeline.episodes,
            older=packed((last.at, last.id)) if last else None,
            is_first=before is None,
            others=[(other, visitor_code(other)) for other in others],
        )
