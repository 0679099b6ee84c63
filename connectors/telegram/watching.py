"""Follows the threads whose customers were here lately: typing, and the place in the queue."""

import asyncio
import json
from collections import OrderedDict
from dataclasses import asdict, dataclass
from time import monotonic

import structlog

from bot.channel import (
    Author,
    AuthorKind,
    ChannelMemory,
    Hint,
    PlaceInQueue,
    thread_topic,
)
from connectors.telegram.channel import CHANNEL, TelegramChannel
from connectors.telegram.leading import EXTEND_SECONDS, LOOK_AGAIN_SECONDS, holds
from connectors.telegram.places import Place, Thread
from connectors.telegram.privately import Privately
from connectors.telegram.speaker import Speaker
from connectors.telegram.telling import place_in_words, while_waiting

MOST_THREADS = 2000
IDLE_SECONDS = 3600.0
TYPING_SECONDS = 2.0  # Telegram shows it for five, and who types is told every three
KEPT_DAYS = 1.0
TELLING_DAYS = 120 / 86_400  # longer than it takes; then whoever told the place is gone
TOLD_ELSEWHERE_SECONDS = 0.3  # until we look what another process has told
LEASE = "telegram.follow"
LOOK_SECONDS = 60.0  # for the threads of a process that has ended

log = structlog.get_logger()


@dataclass(frozen=True)
class Told:
    """The message with the place in the queue, what stands there, and how often that changed."""

    message: int
    words: str = ""
    turn: int = 0


class Watching:
    """A task for each thread; the ones that were quiet for longest go first."""

    def __init__(self, channel: TelegramChannel, speaker: Speaker, privately: Privately) -> None:
        self._channel = channel
        self._speaker = speaker
        self._privately = privately
        self._memory: ChannelMemory = channel.memory
        self._threads: OrderedDict[str, asyncio.Task[None]] = OrderedDict()
        self._typed: dict[str, float] = {}
        self._looked = -LOOK_SECONDS

    async def go_on_for_all(self) -> None:
        """As `go_on`, in one of several processes that Telegram brings updates to, and again when
        one of the others has ended. Until cancelled."""
        is_ours = False
        while True:
            if not await holds(self._channel.lease, LEASE):
                is_ours = False
                await asyncio.sleep(LOOK_AGAIN_SECONDS)
                continue
            await self.look(anew=not is_ours)
            is_ours = True
            await asyncio.sleep(EXTEND_SECONDS)

    async def look(self, *, anew: bool) -> None:
        """`go_on` once in a while, for the process that leads, and when it begins to (`anew`)."""
        if anew or monotonic() - self._looked >= LOOK_SECONDS:
            self._looked = monotonic()
            await self.go_on()

    async def go_on(self) -> None:
        """With the threads that another process followed, or this one before it ended. Those with
        the bot alone are followed once their customers write."""
        try:
            found = await self._channel.waiting.with_people(CHANNEL)
        except Exception:
            log.exception("telegram.not_followed")  # until their customers write
            return
        for thread, conversation in reversed(list(found.items())):
            if thread not in self._threads:
                self.follow(thread, conversation)

    def follow(self, thread: str, conversation: str | None = None) -> None:
        """From now on, for an hour after the last thing that happened there, and for as long as
        they wait for a person or have one. `conversation`: it may have moved in its queue."""
        if thread in self._threads:
            self._threads.move_to_end(thread)
            return
        self._threads[thread] = asyncio.create_task(
            self._watch(thread, conversation), name=f"telegram thread {thread}"
        )
        if len(self._threads) > MOST_THREADS:
            _, oldest = self._threads.popitem(last=False)
            oldest.cancel()

    async def follow_here(self, thread: str, conversation: str) -> None:
        """As `follow`, of a group's that goes on in private from now on: its place in the queue was
        told to nobody so far."""
        self.follow(thread)
        place = self._channel.waiting.place_of(conversation)
        if place is not None:
            await self._tell_place(Thread.read(thread), place)

    async def let_go(self) -> None:
        """Another process may go on at once."""
        await self._channel.lease.let_go(LEASE)

    async def stop(self) -> None:
        """No more."""
        tasks = list(self._threads.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _watch(self, thread: str, conversation: str | None) -> None:
        try:
            with self._channel.desk.watch(thread_topic(CHANNEL, thread)) as hints:
                place = conversation and self._channel.waiting.place_of(conversation)
                if place:
                    await self._tell_place(Thread.read(thread), place)
                while True:
                    try:
                        async with asyncio.timeout(IDLE_SECONDS):
                            hint = await hints.get()
                    except TimeoutError:
                        if await self._is_with_people(thread):
                            continue
                        return
                    await self._pass_on(Thread.read(thread), hint)
        except Exception:
            log.exception("telegram.watching_failed")
        finally:
            if self._threads.get(thread) is asyncio.current_task():
                del self._threads[thread]
            self._typed.pop(thread, None)

    async def _is_with_people(self, thread: str) -> bool:
        """Whether they wait for a person, or have one: a night may pass without a word."""
        status = await self._channel.desk.thread_status(CHANNEL, thread)
        return status is not None and status.status not in ("bot", "closed")

    async def _pass_on(self, thread: Thread, hint: Hint) -> None:
        match hint.data:
            case (Author() as author, True) if author.kind is not AuthorKind.CUSTOMER:
                await self._typing(thread)
            case PlaceInQueue() as place:
                await self._tell_place(thread, place)

    async def _where(self, thread: Thread) -> Place | None:
        """In a group nobody is told anything in the others' sight."""
        if not thread.is_group:
            return Place(thread.chat)
        status = await self._channel.desk.thread_status(CHANNEL, thread.key)
        if status is None or not await self._privately.is_private(status.conversation):
            return None
        return Place(thread.member or 0)

    async def _typing(self, thread: Thread) -> None:
        at = monotonic()
        if at - self._typed.get(thread.key, -TYPING_SECONDS) < TYPING_SECONDS:
            return
        self._typed[thread.key] = at
        where = await self._where(thread) or Place(thread.chat, thread.topic, is_group=True)
        await self._speaker.typing(where)

    async def _tell_place(self, thread: Thread, place: PlaceInQueue) -> None:
        """One message that changes with the queue; of several processes, one tells it."""
        where = await self._where(thread)
        if where is None:
            return
        status = await self._channel.desk.thread_status(CHANNEL, thread.key)
        language = status.language if status else "en"
        words = place_in_words(place, language)
        keys = while_waiting(place.conversation, language)
        while (told := await self._told(place.conversation)) is None or told.words != words:
            turn = told.turn + 1 if told else 1
            claim = f"place:{place.conversation}:{turn}"
            if not await self._memory.first(CHANNEL, claim, days=TELLING_DAYS):
                await asyncio.sleep(TOLD_ELSEWHERE_SECONDS)
                continue
            if told is None:
                sent = await self._speaker.say(where, words, keys=keys)
                message = None if sent is None else sent.number
            else:
                message = told.message
                await self._speaker.change(where, message, words=words, keys=keys)
            if message is None:
                await self._memory.forget(CHANNEL, claim)
                return
            kept = json.dumps(asdict(Told(message, words, turn)))
            await self._memory.keep(CHANNEL, _key(place.conversation), kept, days=KEPT_DAYS)

    async def _told(self, conversation: str) -> Told | None:
        kept = await self._memory.recall(CHANNEL, _key(conversation))
        if kept is None:
            return None
        raw = json.loads(kept)
        return Told(raw) if isinstance(raw, int) else Told(**raw)  # the number alone: once


def _key(conversation: str) -> str:
    return f"placed:{conversation}"
