"""Links that open an account once: an invitation, or the way back after a forgotten password.

Whoever has the link may choose the account's password; so it is used up by that, ends by itself,
and only its hash is kept.
"""

from dataclasses import dataclass
from datetime import timedelta

from bot.accounts import repository
from bot.accounts.errors import LinkIsOver
from bot.accounts.models import AccountLink, Agent, LinkKind
from bot.accounts.secrets import check_new_password, digest, hash_password, new_token
from bot.audit.acts import Act, Doer, Place
from bot.audit.repository import record
from bot.clock import now
from bot.db import Database, Transaction

LIFETIME = {LinkKind.INVITATION: timedelta(days=7), LinkKind.RESET: timedelta(hours=1)}
USED = {LinkKind.INVITATION: Act.INVITATION_ACCEPTED, LinkKind.RESET: Act.PASSWORD_RESET}


@dataclass(frozen=True)
class NewLink:
    """A link just made: nobody can look its token up later."""

    agent: Agent
    kind: LinkKind
    token: str


async def make_link(tx: Transaction, agent: Agent, kind: LinkKind) -> NewLink:
    """Replaces the agent's older link of this kind."""
    token = new_token()
    await repository.drop_links(tx.session, agent.id, kind)
    tx.session.add(
        AccountLink(
            token_hash=digest(token),
            kind=kind,
            agent_id=agent.id,
            expires_at=now() + LIFETIME[kind],
        )
    )
    return NewLink(agent, kind, token)


class Links:
    """What whoever follows a link can do."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def look(self, kind: LinkKind, token: str) -> Agent:
        """Whose account it opens; uses nothing up. Raises LinkIsOver."""
        async with self._db.read() as session:
            agent = await repository.find_link(session, kind, digest(token), at=now())
        if agent is None:
            raise LinkIsOver
        return agent

    async def use(self, kind: LinkKind, token: str, password: str, place: Place) -> Agent:
        """Sets the password, and signs the agent out everywhere; raises LinkIsOver, WeakPassword.

        The link is used up in the transaction of the password: of two who try, one is refused.
        """
        check_new_password(password)
        await self.look(kind, token)  # the dear hash is not for whoever guesses
        hashed = await hash_password(password)

        async def use(tx: Transaction) -> Agent:
            agent_id = await repository.take_link(tx.session, kind, digest(token), at=now())
            agent = await repository.get_agent(tx.session, agent_id) if agent_id else None
            if agent is None or agent.disabled_at is not None:
                raise LinkIsOver
            agent.password_hash, agent.must_change_password = hashed, False
            agent.is_invited = False
            await repository.drop_links(tx.session, agent.id, None)
            await repository.end_other_sessions(tx.session, agent.id, keep="")
            record(tx, USED[kind], Doer(agent, place))
            return agent

        return await self._db.attempt(use)
