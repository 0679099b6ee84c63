"""Accounts of people who come from the identity provider."""

from collections.abc import Sequence

from bot.accounts import repository
from bot.accounts.errors import NoAccountHere
from bot.accounts.models import Agent
from bot.accounts.oidc import Identity
from bot.accounts.permissions import Role
from bot.accounts.profile import MAX_NAME
from bot.accounts.secrets import hash_password, new_token
from bot.accounts.service import PROVIDER, Accounts
from bot.audit.acts import Act, Doer, Place
from bot.audit.repository import record
from bot.db import Database, Transaction


class Provided:
    """Finds the account of a verified address; makes one only where that is wished."""

    def __init__(
        self, db: Database, *, accounts: Accounts, creates: bool, desks: Sequence[str]
    ) -> None:
        self._db = db
        self._accounts = accounts
        self._creates = creates
        self._desks = desks

    async def sign_in(self, identity: Identity, *, place: Place) -> str:
        """A session's token; raises NoAccountHere."""
        # A password that nobody knows: there is none before a link sets one.
        hashed = await hash_password(new_token()) if self._creates else ""

        async def find(tx: Transaction) -> str:
            agent = await repository.find_agent(tx.session, identity.email)
            if agent is None and self._creates:
                agent = self._new(identity, hashed)
                tx.session.add(agent)
                await tx.session.flush()
                record(tx, Act.AGENT_ADDED, Doer(None, place), agent, way=PROVIDER)
            if agent is None or agent.disabled_at is not None:
                raise NoAccountHere(email=identity.email)
            if agent.is_invited:
                agent.is_invited = False
                await repository.drop_links(tx.session, agent.id, None)
                record(tx, Act.INVITATION_ACCEPTED, Doer(agent, place))
            return agent.id

        agent_id = await self._db.attempt(find)
        return await self._accounts.open_session(agent_id, place=place, way=PROVIDER)

    def _new(self, identity: Identity, hashed: str) -> Agent:
        return Agent(
            email=identity.email,
            name=identity.name[:MAX_NAME],
            role=Role.AGENT,
            desks=list(self._desks),
            password_hash=hashed,
        )
