"""Follows the threads whose customers were here lately: typing, and the place in the queue."""

import asyncio
from collections import OrderedDict
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
from connectors.telegram.places import Place, Thread
from connectors.telegram.privately import Privately
from connectors.telegram.speaker import Speaker
from connectors.telegram.telling import place_in_words

MOST_THREADS = 2000
IDLE_SECONDS = 3600.0
TYPING_SECONDS = 4.0  # Telegram shows it for five
KEPT_DAYS = 1.0

log = structlog.get_logger()


class Watching:
    """A task for each thread; the ones that were quiet for longest go first."""

    def __init__(self, channel: TelegramChannel, speaker: Speaker, privately: Privately) -> None:
        self._channel = channel
        self._speaker = speaker
        self._privately = privately
        self._memory: ChannelMemory = channel.memory
        self._threads: OrderedDict[str, asyncio.Task[None]] = OrderedDict()
        self._typed: dict[str, float] = {}

    def follow(self, thread: str) -> None:
        """From now on, for an hour after the last thing that happened there."""
        if thread in self._threads:
            self._threads.move_to_end(thread)
            return
        self._threads[thread] = asyncio.create_task(
            self._watch(thread), name=f"telegram thread {thread}"
        )
        if len(self._threads) > MOST_THREADS:
            _, oldest = self._threads.popitem(last=False)
            oldest.cancel()

    async def stop(self) -> None:
        """No more."""
        tasks = list(self._threads.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _watch(self, thread: str) -> None:
        try:
            with self._channel.desk.watch(thread_topic(CHANNEL, thread)) as hints:
                while True:
                    async with asyncio.timeout(IDLE_SECONDS):
                        hint = await hints.get()
                    await self._pass_on(Thread.read(thread), hint)
        except TimeoutError:
            pass
        except Exception:
            log.exception("telegram.watching_failed")
        finally:
            if self._threads.get(thread) is asyncio.current_task():
                del self._threads[thread]
            self._typed.pop(thread, None)

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
        words = place_in_words(place, status.language if status else "en")
        told = f"place:{place.conversation}:{place.place}:{place.minutes}"
        if not await self._memory.first(CHANNEL, told, days=KEPT_DAYS / 24):
            return
        key = f"placed:{place.conversation}"
        known = await self._memory.recall(CHANNEL, key)
        if known is not None:
            await self._speaker.change(where, int(known), words=words)
            return
        message = await self._speaker.say(where, words)
        if message is not None:
            await self._memory.keep(CHANNEL, key, str(message), days=KEPT_DAYS)
