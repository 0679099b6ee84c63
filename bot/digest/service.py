"""Makes the digest when its time has come (`bot.channel.agents.DigestDesk`)."""

from datetime import datetime, time, timedelta

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.channel.agents import Digest, TopicCount
from bot.clock import now
from bot.conversations.models import Conversation
from bot.conversations.state import Status
from bot.db import Database, Overtaken, Transaction
from bot.desks import Desks
from bot.digest import repository
from bot.timers import repository as timers
from bot.timers.local import next_moment
from bot.triage.words import named

WEEK = timedelta(days=7)
MONDAY, MORNING = 0, time(9)
TOPICS = 5


class Digests:
    """Every Monday at nine, on the desk's own clock, for the week before."""

    def __init__(self, db: Database, *, desks: Desks) -> None:
        self._db = db
        self._desks = desks

    async def take_turn(self, desk: str, language: str) -> Digest | None:
        """The week's numbers when it is time and nobody has told them yet; else None.

        A process that dies before it could tell them leaves that week untold.
        """
        at = now()
        following = next_moment(at, MORNING, self._desks.get(desk).timezone, weekday=MONDAY)
        async with self._db.read() as session:
            row = await timers.find(session, f"{repository.KIND}:{desk}")
        if row is not None and at < row.due_at <= following:
            return None

        async def take(tx: Transaction) -> bool:
            try:
                taken = await repository.take_turn(tx.session, desk, at=at, following=following)
                await tx.session.flush()
            except IntegrityError:
                raise Overtaken from None
            return taken

        if not await self._db.attempt(take):
            return None
        async with self._db.read() as session:
            return await _digest(session, desk, until=at, language=language)


async def _digest(session: AsyncSession, desk: str, *, until: datetime, language: str) -> Digest:
    since = until - WEEK
    opened = repository.opened(desk, since, until)
    here = Conversation.desk == desk
    scores = await repository.scores(session, desk, since, until)
    topics = await repository.topics(session, desk, since, until, limit=TOPICS)
    peoples = Conversation.status.in_([Status.QUEUED, *repository.AGENTS])
    closed = (here, Conversation.closed_at >= since, Conversation.closed_at < until)
    return Digest(
        desk=desk,
        since=since,
        until=until,
        opened=await repository.count(session, opened),
        solved_by_bot=await repository.count(session, opened, repository.by_bot_alone()),
        handed_off=await repository.count(
            session, opened, Conversation.handoff_reason.is_not(None)
        ),
        closed=await repository.count(session, *closed),
        topics=tuple(TopicCount(named("intent", name, language), times) for name, times in topics),
        unsolved=await repository.count(session, here, peoples),
        waiting=await repository.count(session, here, Conversation.status == Status.QUEUED),
        oldest_waiting=await repository.oldest_waiting(session, desk),
        waiting_for_customer=await repository.count(session, here, repository.waits_for_customer()),
        rating=sum(scores) / len(scores) if scores else None,
        ratings=len(scores),
    )
