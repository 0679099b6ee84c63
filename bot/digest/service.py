"""Makes the digest when its time has come (`bot.channel.agents.DigestDesk`)."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from uuid import uuid4

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
HOLD = timedelta(seconds=120)


class Digests:
    """Every Monday at nine, on the desk's own clock, for the week before."""

    def __init__(self, db: Database, *, desks: Desks) -> None:
        self._db = db
        self._desks = desks
        self.holder = str(uuid4())  # this process, for as long as it lives

    async def take_turn(self, desk: str, language: str) -> Digest | None:
        """The week's numbers when it is time and nobody has told them yet; else None.

        The row stays due until they are told: when a process dies over it, its hold runs out and
        the next one is told that it is in doubt.
        """
        at, first = now(), self._following(desk)
        async with self._db.read() as session:
            row = await timers.find(session, repository.key_of(desk))
        if row is not None and at < row.due_at <= first:
            return None

        async def hold(tx: Transaction) -> repository.Due | None:
            try:
                turn = await repository.hold(
                    tx.session, desk, holder=self.holder, at=at, until=at + HOLD, first=first
                )
                await tx.session.flush()
            except IntegrityError:
                raise Overtaken from None
            return turn

        turn = await self._db.attempt(hold)
        if turn is None:
            return None
        async with self._db.read() as session:
            digest = await _digest(session, desk, until=at, language=language)
        return replace(digest, due_at=turn.due_at, is_in_doubt=turn.is_in_doubt)

    async def told(self, desk: str) -> None:
        """It stands there: the next one is due in a week."""
        following = self._following(desk)
        await self._db.attempt(
            lambda tx: repository.settle(tx.session, desk, holder=self.holder, following=following),
            finds_itself=True,
        )

    async def put_off(self, desk: str, seconds: float, *, in_doubt: bool) -> None:
        """It could not be told, or nobody knows: nobody tries before that."""
        until = now() + timedelta(seconds=seconds)
        await self._db.attempt(
            lambda tx: repository.put_off(
                tx.session, desk, holder=self.holder, until=until, in_doubt=in_doubt
            ),
            finds_itself=True,
        )

    def _following(self, desk: str) -> datetime:
        return next_moment(now(), MORNING, self._desks.get(desk).timezone, weekday=MONDAY)


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
