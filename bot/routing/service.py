"""A bot turn from the queue to the transcript: ask the engine, decide, record.

A turn is born held by the process that received its message, so it goes to the engine the
moment it is committed. The lease is extended for as long as that process lives; if it dies, the
lease runs out and another process asks again. One conversation has one turn with the engine at a
time, oldest first.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot import crash
from bot.availability.service import Availability
from bot.channel import thread_topic
from bot.clock import every, now
from bot.conversations.models import Conversation, Message, Turn
from bot.conversations.service import BOT, Conversations, Received
from bot.conversations.state import Status
from bot.db import Database, Transaction
from bot.dialogue.engine_client import EngineFailure
from bot.dialogue.turn import Engine, TurnAnswer, TurnRequest
from bot.gate import busy
from bot.handoff.service import Handoffs
from bot.live import Bus
from bot.routing import queries
from bot.routing import repository as claims
from bot.routing.answers import Answers, keep_standing
from bot.routing.briefing import told_by_agent
from bot.routing.ladder import Decision, Handoff
from bot.routing.typing_sign import TypingSign
from bot.texts import supported

LEASE = timedelta(seconds=20)
EXTEND_SECONDS = 5.0
SWEEP_SECONDS = 1.0
MAX_ATTEMPTS = 3
CONCURRENT_TURNS = 16
# Of the connections that write (see Database): the others are for the talk between people.
RECORDED_AT_ONCE = 3
# In memory; what comes on top waits in the database for a process with room.
MAX_HELD = 64
# And there: whoever writes to the bot when so many wait is told to come back.
MAX_BACKLOG = 2000
BACKLOG_AGAIN_SECONDS = 10.0
STOP_SECONDS = 11.0  # a little longer than a turn may take

log = structlog.get_logger()


@dataclass(frozen=True)
class TurnJob:
    """A turn in this process's hands, with all that asking needs."""

    turn_id: int
    attempt: int  # of the turn: when it is asked anew, whoever asked before comes too late
    epoch: int
    thread: str
    request: TurnRequest


class Turns:
    """Queues turns inside a transaction and runs them after it."""

    def __init__(
        self,
        db: Database,
        *,
        engine: Engine,
        conversations: Conversations,
        handoffs: Handoffs,
        answers: Answers,
        availability: Availability,
        bus: Bus,
    ) -> None:
        self._db = db
        self._engine = engine
        self._conversations = conversations
        self._handoffs = handoffs
        self._answers = answers
        self._availability = availability
        self._bus = bus
        self._slots = asyncio.Semaphore(CONCURRENT_TURNS)
        self._recording = asyncio.Semaphore(RECORDED_AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self._held: set[claims.Held] = set()
        self._stopping = False
        self._overflows = False
        self._backlog = 0
        self._has_room = asyncio.Event()

    async def queue_turn(self, tx: Transaction, received: Received, *, payload: str | None) -> None:
        """Books the bot's answer; asks at once unless it is busy with an earlier message.

        Raises Busy when very many wait for the bot already.
        """
        if self._backlog >= MAX_BACKLOG:
            raise busy(BACKLOG_AGAIN_SECONDS)
        conversation, message = received.conversation, received.message
        turn = Turn(
            conversation_id=conversation.id,
            message_id=message.id,
            message_seq=message.seq,
            payload=payload,
            status="waiting",
            epoch=conversation.epoch,
            attempts=0,
        )
        tx.session.add(turn)
        if received.bot_is_busy:
            return
        if self._overflows or len(self._tasks) >= MAX_HELD:
            self._overflows = True  # it waits its turn in the database, behind those before it
            return
        await self._start(tx, conversation, turn, message.text)

    async def _start(
        self,
        tx: Transaction,
        conversation: Conversation,
        turn: Turn,
        words: str,
        *,
        again: bool = False,
    ) -> None:
        """Leases the turn to this process and runs it after the commit.

        `again`: another process may have asked already.
        A process that stops takes no more: the turn waits for another one's sweep.
        """
        if self._stopping:
            turn.status, turn.leased_until = "waiting", None
            return
        turn.status, turn.leased_until = "asking", now() + LEASE
        turn.attempts += 1
        request = TurnRequest(
            conversation=conversation.id,
            text=None if turn.payload else words,
            payload=turn.payload,
            language=conversation.language,
            channel=conversation.channel,
            desk=conversation.desk,
            facts={
                **await self._availability.facts(conversation.desk),
                **await told_by_agent(tx.session, conversation),
            },
            state=conversation.dialogue_state,
            fresh=conversation.dialogue_fresh,
            key=_key(conversation, turn, words),
            again=again,
        )
        epoch, thread, attempt = conversation.epoch, conversation.thread, turn.attempts
        tx.after_commit(lambda: self._spawn(TurnJob(turn.id, attempt, epoch, thread, request)))

    def _spawn(self, job: TurnJob) -> None:
        self._held.add((job.turn_id, job.attempt))
        if self._stopping:
            return  # `stop` leaves it to others, or its lease runs out
        task = asyncio.create_task(self._run_guarded(job), name=f"turn {job.turn_id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run_guarded(self, job: TurnJob) -> None:
        try:
            async with self._slots:
                await self.run_turn(job)
        except Exception:
            log.exception("turn.failed", turn=job.turn_id, conversation=job.request.conversation)
        finally:
            self._held.discard((job.turn_id, job.attempt))
            if self._overflows and len(self._tasks) <= CONCURRENT_TURNS:
                self._has_room.set()

    async def run_turn(self, job: TurnJob) -> None:
        """Asks the engine with no transaction open, then records what came of it."""
        typing = TypingSign(self._bus, thread_topic(job.request.channel, job.thread))
        try:
            crash.reach("ask.before")
            answer = await self._engine.ask(job.request)
            crash.reach("ask.answered")
        except EngineFailure as failure:
            log.warning(
                "engine.failed",
                conversation=job.request.conversation,
                reason=failure.reason,
                problem=str(failure),
            )
            await self._record(job, failure)
        else:
            await self._record(job, answer)
        finally:
            typing.cancel()

    async def _record(self, job: TurnJob, outcome: TurnAnswer | EngineFailure) -> None:
        """Writes answer, dialogue state and deliveries together, if the bot still owns it."""

        async def record(tx: Transaction) -> None:
            found = await queries.lock_turn(tx.session, job.turn_id)
            if found is None:
                return
            turn, conversation = found.turn, found.conversation
            if self._comes_too_late(tx, job, turn, conversation):
                return
            if isinstance(outcome, EngineFailure):
                turn.problem = str(outcome)[:300]
                await self._finish(
                    tx, turn, conversation, Decision(handoff=Handoff(outcome.reason))
                )
            else:
                await self._respond(tx, found, outcome)
            if turn.status != "asking" and found.more_waiting and conversation.status is Status.BOT:
                await self._start_next(tx, conversation)

        async with self._recording:
            await self._db.attempt(record, finds_itself=True)

    def _comes_too_late(
        self, tx: Transaction, job: TurnJob, turn: Turn, conversation: Conversation
    ) -> bool:
        """The owner changed, or another process took over: the answer goes nowhere."""
        if self._conversations.refuse_stale(tx, conversation, job.epoch, actor=BOT):
            return True
        return turn.status != "asking" or turn.attempts != job.attempt

    async def _respond(
        self, tx: Transaction, found: queries.LockedTurn, answer: TurnAnswer
    ) -> None:
        """Says what the answer comes to; or asks again, when a "yes" meant the bot's own guess."""
        turn, conversation = found.turn, found.conversation
        if answer.language is not None:
            conversation.language = supported(answer.language)
        decision = await self._answers.decide(tx, found, answer)
        if decision.ask_instead is not None:
            keep_standing(conversation, decision.standing)
            turn.payload = decision.ask_instead
            await self._start(tx, conversation, turn, "")
            return
        _keep_answer(turn, conversation, answer)
        opinion = await self._answers.typed_opinion(tx, turn, conversation, answer)
        if opinion is not None:
            await self._finish(tx, turn, conversation, Decision(standing=decision.standing))
            await self._answers.take_opinion(tx, conversation, opinion)
            return
        await self._finish(tx, turn, conversation, decision)
        await self._answers.ask_whether_it_helped(tx, conversation, turn, answer)

    async def _finish(
        self, tx: Transaction, turn: Turn, conversation: Conversation, decision: Decision
    ) -> None:
        turn.finished_at = now()
        turn.status = "handed_off" if decision.handoff else "answered"
        await self._answers.carry_out(tx, conversation, decision)
        if turn.problem is None:
            self._conversations.was_read(tx, conversation, turn.message_seq)
        crash.reach("record.open")
        tx.after_commit(lambda: crash.reach("record.committed"))

    async def _start_next(self, tx: Transaction, conversation: Conversation) -> None:
        """The customer wrote again meanwhile: that turn is next."""
        waiting = await queries.next_waiting_turn(tx.session, conversation.id)
        if waiting is None:
            return
        turn, message = waiting
        await self._start(tx, conversation, turn, message.text)

    async def read_anew(
        self, tx: Transaction, conversation: Conversation, turn: Turn, words: str
    ) -> None:
        """Its customer changed the message: whoever asks already comes too late with the answer."""
        if turn.status == "asking":
            await self._start(tx, conversation, turn, words)

    async def withdraw(self, tx: Transaction, conversation: Conversation, turn: Turn) -> None:
        """Its customer took the message back: nobody answers it, and the next one is next."""
        was_asking = turn.status == "asking"
        turn.status, turn.finished_at = "dropped", now()
        await tx.session.flush()
        if was_asking:
            await self._start_next(tx, conversation)

    async def recover(self) -> None:
        """Before the first message: one process works on SQLite, so whoever held a turn is gone.

        On PostgreSQL others may be at work, and only what they no longer hold is taken over.
        """
        if self._db.is_sqlite:
            async with self._db.write() as tx:
                await claims.let_go_of_all(tx.session)

    async def run(self) -> None:
        """Takes over what other processes left and keeps what this one holds, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._sweep_on())
            group.create_task(every(EXTEND_SECONDS, self.extend, name="turns.extend"))

    async def _sweep_on(self) -> None:
        """Every second, and at once when there is room for those who wait in the database."""
        while True:
            try:
                await self.sweep()
            except Exception:
                log.exception("turns.sweep_failed")
            with suppress(TimeoutError):
                async with asyncio.timeout(SWEEP_SECONDS):
                    await self._has_room.wait()
            self._has_room.clear()

    async def sweep(self) -> int:
        """Takes over turns that nobody holds, as many as this process has room for; how many."""
        room = CONCURRENT_TURNS - len(self._tasks)
        if self._stopping:
            return 0
        async with self._db.read() as session:
            self._backlog = await claims.count_waiting(session, up_to=MAX_BACKLOG)
            if room <= 0:
                return 0
            if not await claims.anything_left_behind(session, at=now(), farthest=_farthest()):
                self._overflows = False
                return 0

        async def claim(tx: Transaction) -> int:
            left = await claims.claim_left_behind(
                tx.session, at=now(), farthest=_farthest(), limit=room
            )
            for turn, message, conversation in left:
                await self._take_over(tx, turn, message, conversation)
            return len(left)

        return await self._db.attempt(claim)

    async def extend(self) -> None:
        """Keeps other processes off what this one is still at work on."""
        if held := tuple(self._held):
            await self._db.attempt(
                lambda tx: claims.extend_leases(tx.session, held, until=now() + LEASE)
            )

    async def _take_over(
        self, tx: Transaction, turn: Turn, message: Message, conversation: Conversation
    ) -> None:
        if turn.attempts >= MAX_ATTEMPTS:
            turn.status, turn.finished_at = "handed_off", now()
            turn.problem = "given up after several tries"
            await self._handoffs.hand_off(
                tx, conversation, reason="engine_failed", details={}, actor=BOT
            )
            return
        await self._start(tx, conversation, turn, message.text, again=turn.attempts > 0)

    async def stop(self) -> None:
        """Takes no more turns, lets the running ones finish, and leaves the rest to others."""
        self._stopping = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=STOP_SECONDS)
        held, tasks = tuple(self._held), tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if held:
            try:
                await self._db.attempt(lambda tx: claims.let_go(tx.session, held))
            except SQLAlchemyError:
                log.exception("turns.let_go_failed")  # their leases run out


def _farthest() -> datetime:
    """Until when a turn may be leased; the second LEASE is for clocks that differ a little."""
    return now() + 2 * LEASE


def _key(conversation: Conversation, turn: Turn, words: str) -> str:
    """The same whoever asks, and however often; another when another question is asked instead,
    or the same one in other words."""
    return str(uuid5(UUID(conversation.id), f"{turn.message_id} {turn.payload or words}"))


def _keep_answer(turn: Turn, conversation: Conversation, answer: TurnAnswer) -> None:
    turn.answered = answer.answered
    turn.intent, turn.confidence = answer.intent.name, answer.intent.confidence
    turn.ranking = [
        {"name": guess.name, "confidence": guess.confidence} for guess in answer.ranking
    ]
    turn.entities = [dict(entity) for entity in answer.entities]
    turn.slots = dict(answer.slots)
    turn.model_id, turn.took_ms = answer.model_id, answer.took_ms
    conversation.dialogue_state = dict(answer.state)
    conversation.dialogue_fresh = False
