"""What admins do with accounts: invite, change, disable, and let back in."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts import repository
from bot.accounts.errors import AgentExists, LastAdmin, NoSuchAgent
from bot.accounts.links import NewLink, make_link
from bot.accounts.mails import AccountMails
from bot.accounts.models import Agent, LinkKind
from bot.accounts.permissions import Role
from bot.accounts.profile import Profile
from bot.accounts.second_factor import reset_factor
from bot.accounts.secrets import hash_password, new_token
from bot.audit.acts import Act, Doer
from bot.audit.repository import record
from bot.clock import now
from bot.db import Database, Transaction


class GiveBack(Protocol):
    """Puts an agent's conversations back into their queues, and says how many."""

    async def __call__(
        self, tx: Transaction, agent: Agent, *, by: Agent, keep_desks: Collection[str]
    ) -> int:
        """Those at `keep_desks` stay the agent's."""


@dataclass(frozen=True)
class Listed:
    """An account in the list of people."""

    agent: Agent
    sessions: int
    invited_until: datetime | None  # the end of a link that nobody has used yet


class People:
    """Admins' acts. Who may call them is the business of whoever calls."""

    def __init__(
        self,
        db: Database,
        *,
        mails: AccountMails,
        give_back: GiveBack,
        left: Callable[[str], Awaitable[None]],
    ) -> None:
        self._db = db
        self._mails = mails
        self._give_back = give_back
        self._left = left

    async def all(self) -> Sequence[Listed]:
        """By name, those who are disabled last."""
        async with self._db.read() as session:
            agents = await repository.all_agents(session)
            counts = await repository.count_sessions(session, at=now())
            links = await repository.open_invitations(session)
        return [Listed(one, counts.get(one.id, 0), links.get(one.id)) for one in agents]

    async def get(self, agent_id: str) -> Agent:
        """The account; raises NoSuchAgent."""
        async with self._db.read() as session:
            return await _agent(session, agent_id)

    async def invite(self, doer: Doer, email: str, profile: Profile, *, language: str) -> NewLink:
        """Creates the account, which nobody can sign in to before the link is used."""
        # A password that nobody knows: until the link is used there is none.
        hashed = await hash_password(new_token())

        async def invite(tx: Transaction) -> NewLink:
            if await repository.find_agent(tx.session, email) is not None:
                raise AgentExists(email=email)
            agent = Agent(
                email=email,
                password_hash=hashed,
                is_invited=True,
                language=language,
                **_columns(profile),
            )
            tx.session.add(agent)
            await tx.session.flush()
            record(tx, Act.INVITED, doer, agent, email=email, role=profile.role)
            link = await make_link(tx, agent, LinkKind.INVITATION)
            self._mails.book(tx, link)
            return link

        return await self._db.attempt(invite)

    async def new_link(self, doer: Doer, agent_id: str) -> NewLink:
        """Another invitation for who has not come yet, a password link for everybody else."""

        async def make(tx: Transaction) -> NewLink:
            agent = await _agent(tx.session, agent_id)
            if agent.disabled_at is not None:
                raise NoSuchAgent(email=agent.email)
            is_new = agent.is_invited
            kind = LinkKind.INVITATION if is_new else LinkKind.RESET
            record(tx, Act.INVITED if is_new else Act.RESET_LINK_MADE, doer, agent)
            link = await make_link(tx, agent, kind)
            self._mails.book(tx, link)
            return link

        return await self._db.attempt(make)

    async def change(self, doer: Doer, by: Agent, agent_id: str, profile: Profile) -> None:
        """Raises LastAdmin. Conversations at desks that are not theirs any more are given back."""

        async def change(tx: Transaction) -> None:
            agent = await _agent(tx.session, agent_id)
            if profile.role is not Role.ADMIN:
                await _keep_an_admin(tx, agent)
            before, after = _values(agent), _columns(profile)
            changes = {key: [before[key], after[key]] for key in after if before[key] != after[key]}
            if not changes:
                return
            for column, value in after.items():
                setattr(agent, column, value)
            record(tx, Act.AGENT_CHANGED, doer, agent, changes=changes)
            await self._give_back(tx, agent, by=by, keep_desks=profile.desks)

        await self._db.attempt(change)

    async def disable(self, doer: Doer, by: Agent, agent_id: str) -> None:
        """Signs them out everywhere at once; what was theirs goes back to the queue."""

        async def disable(tx: Transaction) -> bool:
            agent = await _agent(tx.session, agent_id)
            if agent.disabled_at is not None:
                return False
            await _keep_an_admin(tx, agent)
            agent.disabled_at = now()
            await repository.end_other_sessions(tx.session, agent.id, keep="")
            await repository.drop_links(tx.session, agent.id, None)
            returned = await self._give_back(tx, agent, by=by, keep_desks=())
            record(tx, Act.AGENT_DISABLED, doer, agent, returned=returned)
            return True

        if await self._db.attempt(disable):
            await self._left(agent_id)

    async def has_factor(self, agent_id: str) -> bool:
        """Whether a code is asked for when they sign in."""
        async with self._db.read() as session:
            return await repository.has_factor(session, agent_id)

    async def reset_factor(self, doer: Doer, agent_id: str) -> None:
        """They lost both app and codes; raises NoSuchAgent."""
        await reset_factor(self._db, doer, agent_id)

    async def enable(self, doer: Doer, agent_id: str) -> None:
        """They may sign in again, with the password that they had."""

        async def enable(tx: Transaction) -> None:
            agent = await _agent(tx.session, agent_id)
            if agent.disabled_at is not None:
                agent.disabled_at = None
                record(tx, Act.AGENT_ENABLED, doer, agent)

        await self._db.attempt(enable)


async def _agent(session: AsyncSession, agent_id: str) -> Agent:
    agent = await repository.get_agent(session, agent_id)
    if agent is None:
        raise NoSuchAgent(email="")
    return agent


async def _keep_an_admin(tx: Transaction, agent: Agent) -> None:
    """Somebody has to be able to undo this."""
    if agent.role is not Role.ADMIN or agent.disabled_at is not None:
        return
    others = await repository.lock_admins(tx.session)
    if not any(other.id != agent.id for other in others):
        raise LastAdmin


# `Any`: columns of the table.
def _columns(profile: Profile) -> dict[str, Any]:
    plain = asdict(profile)
    return plain | {name: list(plain[name]) for name in ("desks", "skills", "languages")}


def _values(agent: Agent) -> dict[str, Any]:
    return {
        "name": agent.name,
        "role": agent.role,
        "desks": list(agent.desks),
        "skills": list(agent.skills),
        "languages": list(agent.languages),
    }
