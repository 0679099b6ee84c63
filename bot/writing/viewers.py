"""Who else has a conversation on the screen, and who is writing there: a row each, said again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.models import Agent
from bot.clock import now
from bot.conversations import repository as conversations
from bot.conversations.errors import NotFound
from bot.conversations.news import INBOX_TOPIC
from bot.db import Database, Transaction
from bot.live import Hint
from bot.writing import repository
from bot.writing.models import Viewer

HINT = "viewers"
# A page says every 20 seconds that it is there; who is silent for longer is not.
SEEN_FOR = timedelta(seconds=50)
TYPES_FOR = timedelta(seconds=8)
OFTEN_ENOUGH = timedelta(seconds=4)


@dataclass(frozen=True)
class Onlooker:
    """A colleague who is here as well."""

    name: str
    types: bool


class Viewers:
    """Live hints between agents, over as many processes as there are."""

    def __init__(self, db: Database, *, publish: Callable[[Hint], None]) -> None:
        self._db = db
        self._publish = publish

    async def here(self, agent: Agent, conversation_id: str, *, types: bool = False) -> None:
        """The agent has it on the screen; raises NotFound."""
        at = now()
        async with self._db.read() as session:
            known = await repository.viewer(session, conversation_id, agent.id)
        if known is not None and not _is_news(known, at, types=types):
            return

        async def keep(tx: Transaction) -> bool:
            # The lock keeps two tabs of one agent from writing the first row at once.
            conversation = await conversations.lock_conversation(tx.session, conversation_id)
            if conversation is None or conversation.desk not in agent.desks:
                raise NotFound
            row = await repository.viewer(tx.session, conversation_id, agent.id)
            is_change = row is None or _shown(row, at) != (True, types)
            if row is None:
                await repository.forget_viewer(tx.session, agent.id, before=at - SEEN_FOR)
                row = Viewer(conversation_id=conversation_id, agent_id=agent.id)
                tx.session.add(row)
            row.seen_at = at
            row.typing_at = at if types else row.typing_at
            return is_change

        if await self._db.attempt(keep):
            self._publish(Hint(INBOX_TOPIC, HINT, conversation_id))

    async def left(self, agent: Agent, conversation_id: str) -> None:
        """The agent has turned to something else."""

        async def leave(tx: Transaction) -> bool:
            return await repository.forget_viewer(tx.session, agent.id, of=conversation_id)

        if await self._db.attempt(leave):
            self._publish(Hint(INBOX_TOPIC, HINT, conversation_id))


async def others(session: AsyncSession, agent: Agent, conversation_id: str) -> list[Onlooker]:
    """Who is there beside this agent, by name."""
    at = now()
    rows = await repository.viewers_of(session, conversation_id, since=at - SEEN_FOR)
    return [Onlooker(name, _shown(row, at)[1]) for row, name in rows if row.agent_id != agent.id]


def _shown(row: Viewer, at: datetime) -> tuple[bool, bool]:
    types = row.typing_at is not None and at - row.typing_at < TYPES_FOR
    return at - row.seen_at < SEEN_FOR, types


def _is_news(row: Viewer, at: datetime, *, types: bool) -> bool:
    last = row.typing_at if types else row.seen_at
    return last is None or at - last > OFTEN_ENOUGH
