"""Who asks, who answers, and who the token is."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from bot.accounts.presence import Presence
from bot.api import repository
from bot.api.guard import Guard
from bot.api.schemas import AgentList, AgentOfConversation, CustomerOut, MeOut
from bot.api.shapes import agent_out, customer_out
from bot.api_tokens.scopes import Scope
from bot.api_tokens.service import Program
from bot.conversations.errors import NoSuchCustomer
from bot.db import Database
from bot.merged.repository import identities_of, person_at


def people_routes(db: Database, *, guard: Guard, presence: Presence) -> APIRouter:
    """/me, /customers and /agents."""
    router = APIRouter(tags=["people"])
    Anyone = Annotated[Program, Depends(guard.needs(None))]
    CustomersReader = Annotated[Program, Depends(guard.needs(Scope.READ_CUSTOMERS))]
    AgentsReader = Annotated[Program, Depends(guard.needs(Scope.READ_AGENTS))]

    @router.get("/me")
    async def who_am_i(program: Anyone) -> MeOut:
        """The token's agent, desks and scopes."""
        return MeOut(
            agent=AgentOfConversation(id=program.agent.id, name=program.agent.name),
            desks=program.agent.desks,
            scopes=sorted(program.scopes),
        )

    @router.get("/customers/{customer_id}")
    async def read_customer(
        program: CustomersReader, customer_id: Annotated[str, Path(pattern="^[0-9A-Za-z-]{1,36}$")]
    ) -> CustomerOut:
        """A customer who wrote to one of your desks; put under another one, that one answers."""
        async with db.read() as session:
            found = await person_at(session, customer_id, desks=program.agent.desks)
            if found is None:
                raise NoSuchCustomer
            identities = await identities_of(session, [one.id for one in found.members])
        mine = [one for one in identities.values() if one.desk in program.agent.desks]
        return customer_out(found, mine)

    @router.get("/agents")
    async def list_agents(program: AgentsReader) -> AgentList:
        """Your colleagues, by name."""
        async with db.read() as session:
            rows = await repository.agents(session)
        online = {agent.id for agent in await presence.here()}
        mine = set(program.agent.desks)
        return AgentList(
            agents=[
                agent_out(row, online=row.id in online) for row in rows if mine & set(row.desks)
            ]
        )

    return router
