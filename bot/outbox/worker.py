"""The one door out: delivers committed messages, in order within each conversation.

A delivery is written in the transaction of its message and is born held by this process, so
it can leave the moment the transaction is committed. If the process dies, the hold runs out
and the sweep of whichever process lives delivers it. Results are written together, a batch a
transaction, off the customer's path.
"""

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot import crash
from bot.channel import OutboundMessage, RetryLater, Sender, Undeliverable
from bot.clock import now
from bot.db import Database, Transaction
from bot.outbox import repository
from bot.outbox.models import Delivery, DeliveryAttempt

HOLD = timedelta(seconds=30)
SWEEP_SECONDS = 5.0
GATHER_SECONDS = 0.05
SWEEP_LIMIT = 200
MAX_ATTEMPTS = 8
FIRST_WAIT_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 300.0

log = structlog.get_logger()

LoadMessages = Callable[[Sequence[str]], Awaitable[dict[str, OutboundMessage]]]


@dataclass
class Job:
    """A delivery in this process's hands."""

    delivery_id: int
    message: OutboundMessage
    attempts: int = 0


@dataclass(frozen=True)
class Outcome:
    """How one try ended."""

    delivery_id: int
    outcome: str
    problem: str | None


class Outbox:
    """Takes messages in, inside their transaction, and sees them out after it."""

    def __init__(self, db: Database, *, senders: Mapping[str, Sender], load: LoadMessages) -> None:
        self._db = db
        self._senders = senders
        self._load = load
        self._lanes: dict[str, deque[Job]] = {}
        self._held: set[int] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._outcomes: asyncio.Queue[Outcome] = asyncio.Queue()
        self._stopping = False

    def enqueue(self, tx: Transaction, message_id: str, message: OutboundMessage) -> None:
        """Books the message for delivery; it leaves when `tx` is committed."""
        delivery = Delivery(
            message_id=message_id,
            conversation_id=message.conversation,
            seq=message.seq,
            channel=message.channel,
            due_at=now() + HOLD,
        )
        tx.session.add(delivery)
        tx.after_commit(lambda: self._take(Job(delivery.id, message)))

    def _take(self, job: Job) -> None:
        """Puts a job in its conversation's lane; a lane has one task, so its order holds."""
        if self._stopping or job.delivery_id in self._held:
            return
        self._held.add(job.delivery_id)
        conversation = job.message.conversation
        if (lane := self._lanes.get(conversation)) is not None:
            lane.append(job)
            return
        self._lanes[conversation] = deque([job])
        task = asyncio.create_task(self._drain(conversation), name=f"outbox {conversation}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _drain(self, conversation: str) -> None:
        lane = self._lanes[conversation]
        try:
            while lane:
                while (wait := await self._try(lane[0])) is not None:  # noqa: ASYNC110 - backoff
                    await asyncio.sleep(wait)
                self._held.discard(lane.popleft().delivery_id)
        finally:
            del self._lanes[conversation]
            self._held.difference_update(job.delivery_id for job in lane)

    async def _try(self, job: Job) -> float | None:
        """One try; returns the seconds to wait before the next, or None when it is settled."""
        job.attempts += 1
        wait: float | None = None
        try:
            crash.reach("deliver.before")
            await self._senders[job.message.channel].deliver(job.message)
            crash.reach("deliver.sent")
            result = Outcome(job.delivery_id, "delivered", None)
        except RetryLater as error:
            wait = error.seconds if error.seconds is not None else backoff(job.attempts)
            result = Outcome(job.delivery_id, "retry", str(error))
        except (Undeliverable, KeyError) as error:
            result = Outcome(job.delivery_id, "dead", str(error))
        except Exception as error:
            log.exception("delivery.failed", delivery=job.delivery_id)
            wait = backoff(job.attempts)
            result = Outcome(job.delivery_id, "retry", type(error).__name__)
        if wait is not None and job.attempts >= MAX_ATTEMPTS:
            wait, result = None, Outcome(job.delivery_id, "dead", result.problem)
        self._outcomes.put_nowait(result)
        return wait

    async def recover(self) -> None:
        """Before the first message: one process works on SQLite, so whoever held a delivery is
        gone."""
        if self._db.is_sqlite:
            async with self._db.write() as tx:
                await repository.let_go(tx.session, at=now())

    async def run(self) -> None:
        """Sweeps up what a dead process left and writes outcomes, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._write_outcomes())
            group.create_task(self._sweep_regularly())

    async def _sweep_regularly(self) -> None:
        while True:
            try:
                await self.sweep()
            except Exception:
                log.exception("outbox.sweep_failed")
            await asyncio.sleep(SWEEP_SECONDS)

    async def sweep(self) -> int:
        """Takes over deliveries that nobody holds; returns how many."""
        async with self._db.write() as tx:
            due = [
                delivery
                for delivery in await repository.due_deliveries(
                    tx.session, at=now(), limit=SWEEP_LIMIT
                )
                if delivery.id not in self._held
            ]
            if not due:
                return 0
            await repository.hold(tx.session, [row.id for row in due], until=now() + HOLD)
            attempts = {row.message_id: (row.id, row.attempts) for row in due}
        messages = await self._load(list(attempts))
        for message_id, (delivery_id, tried) in attempts.items():  # in order of sequence
            self._take(Job(delivery_id, messages[message_id], tried))
        return len(messages)

    async def _write_outcomes(self) -> None:
        while True:
            batch = [await self._outcomes.get()]
            await asyncio.sleep(GATHER_SECONDS)
            while not self._outcomes.empty():
                batch.append(self._outcomes.get_nowait())
            try:
                await self._record(batch)
            except Exception:
                log.exception("outbox.record_failed", deliveries=len(batch))

    async def _record(self, batch: list[Outcome]) -> None:
        at = now()
        async with self._db.write() as tx:
            for result in batch:
                waits = result.outcome == "retry"
                await repository.settle(
                    tx.session,
                    result.delivery_id,
                    status="waiting" if waits else result.outcome,
                    problem=result.problem,
                    at=at,
                )
            tx.session.add_all(
                DeliveryAttempt(
                    delivery_id=result.delivery_id, outcome=result.outcome, problem=result.problem
                )
                for result in batch
            )
            held = [result.delivery_id for result in batch if result.outcome == "retry"]
            if held:
                await repository.hold(
                    tx.session, held, until=at + HOLD + timedelta(seconds=LONGEST_WAIT_SECONDS)
                )
            tx.after_commit(lambda: crash.reach("deliver.recorded"))

    async def stop(self) -> None:
        """Lets the lanes finish what they hold, then writes the last outcomes."""
        self._stopping = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=5)
        for task in self._tasks:
            task.cancel()
        batch = []
        while not self._outcomes.empty():
            batch.append(self._outcomes.get_nowait())
        if batch:
            await self._record(batch)


def backoff(attempts: int) -> float:
    """Seconds to wait after so many tries: doubling, with jitter, bounded."""
    ceiling = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2.0 ** (attempts - 1))
    return ceiling * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, not a secret
