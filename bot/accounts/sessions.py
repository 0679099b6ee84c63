"""The browsers in which an agent is signed in, and how to end them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.accounts import repository
from bot.accounts.models import AgentSession
from bot.accounts.service import SignedIn
from bot.audit.acts import Act, Doer
from bot.audit.repository import record
from bot.clock import now
from bot.db import Database

# Enough of a hash to tell one's own few sessions apart.
ID_LENGTH = 16


@dataclass(frozen=True)
class OpenSession:
    """A signed-in browser, as its agent sees it."""

    id: str
    address: str
    browser: str
    opened_at: datetime
    used_at: datetime
    is_this: bool


class Sessions:
    """Lists and ends them."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def of(self, who: SignedIn) -> Sequence[OpenSession]:
        """Where the agent is signed in; this browser first, then the last used."""
        async with self._db.read() as session:
            found = await repository.sessions_of(session, who.agent.id, at=now())
        shown = [_shown(one, who) for one in found]
        return sorted(shown, key=lambda one: (one.is_this, one.used_at), reverse=True)

    async def end(self, doer: Doer, who: SignedIn, session_id: str) -> None:
        """Ends one of the agent's own; one that is gone already is fine."""
        async with self._db.write() as tx:
            for one in await repository.sessions_of(tx.session, who.agent.id, at=now()):
                if _id_of(one) == session_id:
                    await repository.end_session(tx.session, one.token_hash)
                    record(tx, Act.SESSION_ENDED, doer, who.agent, browser=one.browser)

    async def end_others(self, doer: Doer, who: SignedIn) -> None:
        """Everywhere but here."""
        async with self._db.write() as tx:
            await repository.end_other_sessions(tx.session, who.agent.id, keep=who.token_hash)
            record(tx, Act.OTHER_SESSIONS_ENDED, doer, who.agent)


def _id_of(session: AgentSession) -> str:
    return session.token_hash[:ID_LENGTH]


def _shown(session: AgentSession, who: SignedIn) -> OpenSession:
    return OpenSession(
        id=_id_of(session),
        address=session.address,
        browser=session.browser,
        opened_at=session.created_at,
        used_at=session.used_at or session.created_at,
        is_this=session.token_hash == who.token_hash,
    )
