"""The one door out: delivers committed messages, in order within each conversation.

A delivery is written in the transaction of its message and is born held by this process, so
it can leave the moment the transaction is committed; unless another process still delivers
something to the same customer: then it is born free, and whoever comes first delivers it after
that. A process that lives extends its hold; if it dies, the hold runs out and the sweep of
another one delivers. Results are written together, a batch a transaction, off the customer's path.
"""

import asyncio
from bisect import insort
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnection

from bot import crash
from bot.channel import OutboundMessage, Problem, RetryLater, Sender, Undeliverable
from bot.clock import every, now
from bot.db import Database, Transaction
from bot.outbox import repository
from bot.outbox.models import Delivery
from bot.outbox.pauses import backoff, honour, left

HOLD = timedelta(seconds=20)
EXTEND_SECONDS = 5.0
SWEEP_SECONDS = 1.0
SWEEP_CONVERSATIONS = 50
# Conversations of one channel that this process delivers to at a time. What comes on top waits in
# the database, so a channel that is down fills no memory and holds up no other channel.
MAX_LANES = 500
GATHER_SECONDS = 0.05
STOP_SECONDS = 5.0
PROBLEM_LENGTH = 300  # characters, as the column holds
# With the pauses between them, about an hour.
MAX_ATTEMPTS = 26

# In a transaction's notes: conversation → whether others deliver something of it.
ASKED = "outbox.others_deliver"

UNREACHABLE = (OperationalError, InterfaceError, NoConnection)

log = structlog.get_logger()

LoadMessages = Callable[[Sequence[str]], Awaitable[dict[str, OutboundMessage]]]


@dataclass
class Job:
    """A delivery in this process's hands."""

    delivery_id: int
    message: OutboundMessage
    attempts: int = 0
    pause: float = 0.0  # seconds before its next try


@dataclass(frozen=True)
class Outcome:
    """How one try ended."""

    delivery_id: int
    outcome: str
    problem: str | None = None
    kind: Problem | None = None
    retry_at: datetime | None = None


class Outbox:
    """Takes messages in, inside their transaction, and sees them out after it."""

    def __init__(self, db: Database, *, senders: Mapping[str, Sender], load: LoadMessages) -> None:
        self._db = db
        self._senders = senders
        self._load = load
        self.holder = str(uuid4())  # this process, for as long as it lives
        self._lanes: dict[str, list[Job]] = {}
        self._lanes_of: Counter[str] = Counter()  # channel → how many
        self._held: dict[int, datetime] = {}  # delivery → until when it is surely ours
        self._tasks: set[asyncio.Task[None]] = set()
        self._unwritten: list[Outcome] = []
        self._something_to_write = asyncio.Event()
        self._writing = asyncio.Lock()
        self._stopping = False

    async def enqueue(self, tx: Transaction, message_id: str, message: OutboundMessage) -> None:
        """Books the message for delivery; it leaves when `tx` is committed.

        `tx` holds the conversation, so nothing is booked before it meanwhile.
        """
        delivery = Delivery(
            message_id=message_id,
            conversation_id=message.conversation,
            seq=message.seq,
            channel=message.channel,
        )
        await self._book(tx, delivery, message)
        tx.session.add(delivery)

    async def send_again(self, tx: Transaction, message: OutboundMessage) -> bool:
        """Lets a dead letter wait again, before whatever waits behind it; whether it was one."""
        delivery = await repository.find_dead(tx.session, message.conversation, message.seq)
        if delivery is None:
            return False
        delivery.status, delivery.attempts = "waiting", 0
        delivery.problem = delivery.problem_kind = delivery.retry_at = None
        await self._book(tx, delivery, replace(message, may_have_left=True))
        return True

    async def _book(self, tx: Transaction, delivery: Delivery, message: OutboundMessage) -> None:
        others_first = (
            self._stopping
            or _is_born_free_before(tx, message)
            or message.channel in self._full_channels()
            or await self._others_deliver(tx, message.conversation)
        )
        until = now() + HOLD
        delivery.holder = None if others_first else self.holder
        delivery.due_at = now() if others_first else until
        if not others_first:
            tx.after_commit(lambda: self._take(Job(delivery.id, message), until))

    async def _others_deliver(self, tx: Transaction, conversation: str) -> bool:
        """Whether something of the conversation waits that is not in these hands.

        It may bear this process's name all the same: a commit whose answer was lost on the way has
        set nothing off here. Its hold runs out, and what follows must not overtake it until then.
        Once a transaction: it holds the conversation, so nothing is added meanwhile.
        """
        seen: dict[str, bool] = tx.session.info.setdefault(ASKED, {})
        if conversation not in seen:
            seen[conversation] = await self._ask_who_delivers(tx, conversation)
        return seen[conversation]

    async def _ask_who_delivers(self, tx: Transaction, conversation: str) -> bool:
        ours = {result.delivery_id for result in self._unwritten}.union(self._held)
        waiting = await repository.waiting_in(tx.session, conversation)
        return any(holder != self.holder or key not in ours for key, holder in waiting.items())

    def _take(self, job: Job, until: datetime) -> None:
        """Puts a job in its conversation's lane; a lane has one task, so its order holds."""
        if job.delivery_id in self._held:
            return
        self._held[job.delivery_id] = until
        conversation = job.message.conversation
        if (lane := self._lanes.get(conversation)) is not None:
            insort(lane, job, key=lambda job: job.message.seq)
            return
        self._lanes[conversation] = [job]
        self._lanes_of[job.message.channel] += 1
        task = asyncio.create_task(self._drain(conversation), name=f"outbox {conversation}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _drain(self, conversation: str) -> None:
        lane = self._lanes[conversation]
        channel = lane[0].message.channel
        try:
            while lane and await self._is_ours(lane[0]):
                job = lane[0]
                if job.pause:
                    pause, job.pause = job.pause, 0.0
                    await asyncio.sleep(pause)
                    continue
                if await self._try(job):
                    continue
                lane.remove(job)
                self._held.pop(job.delivery_id, None)
        finally:
            del self._lanes[conversation]
            self._lanes_of[channel] -= 1
            for job in lane:
                self._held.pop(job.delivery_id, None)
        if lane:
            # Another process took the first over. What follows must not overtake it.
            log.warning("outbox.lane_lost", conversation=conversation)
            await self._let_go([job.delivery_id for job in lane])

    async def _is_ours(self, job: Job) -> bool:
        """Whether nobody can have taken it over: after a long pause, the database knows."""
        if self._held.get(job.delivery_id, now()) > now():
            return True
        while True:
            try:
                await self.extend()
            except SQLAlchemyError:
                log.exception("outbox.extend_failed")
                await asyncio.sleep(SWEEP_SECONDS)
            else:
                return job.delivery_id in self._held

    def _full_channels(self) -> frozenset[str]:
        return frozenset(name for name, lanes in self._lanes_of.items() if lanes >= MAX_LANES)

    async def _let_go(self, ids: Sequence[int]) -> None:
        try:
            await self._db.attempt(
                lambda tx: repository.let_go(tx.session, ids, holder=self.holder, at=now())
            )
        except SQLAlchemyError:
            log.exception("outbox.let_go_failed")  # their hold runs out

    async def _try(self, job: Job) -> bool:
        """One try; whether there will be another one, after the job's pause."""
        job.attempts += 1
        result = await self._deliver(job)
        if result.outcome == "retry" and job.attempts >= MAX_ATTEMPTS:
            result = Outcome(job.delivery_id, "dead", result.problem, Problem.GAVE_UP)
        comes_again = result.outcome == "retry"
        if not comes_again:
            job.pause = 0.0
        else:
            result = replace(result, retry_at=now() + timedelta(seconds=job.pause))
        self._unwritten.append(result)
        self._something_to_write.set()
        return comes_again

    async def _deliver(self, job: Job) -> Outcome:
        sender = self._senders.get(job.message.channel)
        if sender is None:
            return Outcome(job.delivery_id, "dead", job.message.channel, Problem.NO_CHANNEL)
        job.pause = backoff(job.attempts)
        try:
            crash.reach("deliver.before")
            await sender.deliver(job.message)
            crash.reach("deliver.sent")
        except RetryLater as error:
            if error.seconds is not None:
                job.pause = honour(error.seconds)
            return Outcome(job.delivery_id, "retry", str(error)[:PROBLEM_LENGTH])
        except Undeliverable as error:
            return Outcome(job.delivery_id, "dead", str(error)[:PROBLEM_LENGTH], error.problem)
        except Exception as error:
            log.exception("delivery.failed", delivery=job.delivery_id)
            return Outcome(job.delivery_id, "retry", type(error).__name__)
        return Outcome(job.delivery_id, "delivered")

    async def recover(self) -> None:
        """Before the first message: one process works on SQLite, so whoever held a delivery is
        gone. On PostgreSQL others may be at work, and only what they no longer hold is taken."""
        if self._db.is_sqlite:
            async with self._db.write() as tx:
                await repository.let_go_of_all(tx.session, at=now())

    async def run(self) -> None:
        """Takes over what others left, keeps what it holds and writes outcomes, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._write_outcomes())
            group.create_task(every(SWEEP_SECONDS, self.sweep, name="outbox.sweep"))
            group.create_task(every(EXTEND_SECONDS, self.extend, name="outbox.extend"))

    async def sweep(self) -> int:
        """Takes over deliveries that nobody holds; returns how many."""
        if self._stopping:
            return 0
        async with self._db.read() as session:
            if not await repository.anything_due(
                session, at=now(), farthest=_farthest(), without=self._full_channels()
            ):
                return 0
        return await self._db.attempt(self._claim)

    async def _claim(self, tx: Transaction) -> int:
        until = now() + HOLD
        claimed = await repository.claim_due(
            tx.session,
            holder=self.holder,
            at=now(),
            until=until,
            farthest=_farthest(),
            conversations=SWEEP_CONVERSATIONS,
            without=self._full_channels(),
        )
        messages = await self._load([row.message_id for row, _ in claimed])
        jobs = []
        for row, was_held in claimed:
            message = replace(messages[row.message_id], may_have_left=was_held)
            jobs.append(Job(row.id, message, row.attempts, pause=left(row.retry_at)))

        def take() -> None:
            for job in jobs:
                self._take(job, until)

        tx.after_commit(take)
        return len(jobs)

    async def extend(self) -> None:
        """Keeps other processes off what this one still has to deliver; forgets what it lost."""
        unwritten = {result.delivery_id for result in self._unwritten}
        held, until = unwritten.union(self._held), now() + HOLD
        if not held:
            return
        kept = await self._db.attempt(
            lambda tx: repository.extend_hold(tx.session, held, holder=self.holder, until=until)
        )
        for delivery_id in held:
            if delivery_id in kept and delivery_id in self._held:
                self._held[delivery_id] = until
            elif delivery_id not in kept:
                self._held.pop(delivery_id, None)

    async def _write_outcomes(self) -> None:
        while True:
            await self._something_to_write.wait()
            await asyncio.sleep(GATHER_SECONDS)
            self._something_to_write.clear()
            try:
                await self._write()
            except UNREACHABLE:
                log.exception("outbox.record_failed", deliveries=len(self._unwritten))
                self._something_to_write.set()
                await asyncio.sleep(SWEEP_SECONDS)

    async def _write(self) -> None:
        """Writes how the tries went so far; while the database is away, they are kept."""
        async with self._writing:
            batch = tuple(self._unwritten)
            try:
                await self._record(batch)
            except UNREACHABLE:
                raise
            except SQLAlchemyError:
                log.exception("outbox.record_refused", deliveries=len(batch))
            del self._unwritten[: len(batch)]

    async def _record(self, batch: Sequence[Outcome]) -> None:
        if not batch:
            return
        at = now()
        # In the order of their keys: two processes then hardly ever wait for each other.
        results = sorted(batch, key=lambda result: result.delivery_id)
        delivered = [row.delivery_id for row in results if row.outcome == "delivered"]

        async def record(tx: Transaction) -> None:
            if delivered:
                await repository.settle_delivered(tx.session, delivered, at=at)
            for result in results:
                if result.outcome != "delivered":
                    await self._settle(tx, result)
            await repository.note_attempts(
                tx.session,
                [
                    {"delivery_id": row.delivery_id, "outcome": row.outcome, "problem": row.problem}
                    for row in batch
                ],
            )
            tx.after_commit(lambda: crash.reach("deliver.recorded"))

        await self._db.attempt(record)

    async def _settle(self, tx: Transaction, result: Outcome) -> None:
        await repository.settle(
            tx.session,
            result.delivery_id,
            holder=self.holder,
            status="waiting" if result.outcome == "retry" else result.outcome,
            problem=result.problem,
            kind=result.kind,
            retry_at=result.retry_at,
        )

    async def stop(self) -> None:
        """Lets the lanes finish, writes how it went, and leaves the rest to others."""
        self._stopping = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=STOP_SECONDS)
        unsent, tasks = tuple(self._held), tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        try:
            await self._write()
        except UNREACHABLE:
            log.exception("outbox.record_failed", deliveries=len(self._unwritten))
        if unsent:
            await self._let_go(unsent)


def _is_born_free_before(tx: Transaction, message: OutboundMessage) -> bool:
    """Whether the same transaction has left an earlier message to whoever comes first.

    What the others still delivered then may be over by now: the next one must not overtake.
    """
    return any(
        isinstance(row, Delivery)
        and row.conversation_id == message.conversation
        and row.holder is None
        for row in tx.session.new
    )


def _farthest() -> datetime:
    """Until when a delivery may be held; the second HOLD is for clocks that differ a little."""
    return now() + 2 * HOLD
