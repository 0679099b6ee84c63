"""Takes updates in, whichever way they come: in order within a chat, albums in one piece.

`take` returns when the update is dealt with, which is when it may be acknowledged: what should be
kept is committed then. What goes wrong on our side is tried again; of what will never work, its
sender is told, and the log.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Any

import structlog
from telegram.error import RetryAfter, TelegramError

from bot.channel import Busy
from connectors.telegram.albums import ALBUM_LONGEST_SECONDS, Arrival, SharedAlbums
from connectors.telegram.channel import Me
from connectors.telegram.faults import seconds_of
from connectors.telegram.fields import BadUpdate
from connectors.telegram.parse import Event, Ignored, Moved, Press, Said, parse_update

ALBUM_QUIET_SECONDS = 0.7
AT_ONCE = 16
TRIES = 4
FETCH_TRIES = 5  # when it is Telegram that fails, for a file
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0

Work = Sequence[Said] | Press | Moved

log = structlog.get_logger()


@dataclass
class Lane:
    """A chat's order: one after the other."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0


@dataclass
class Album:
    """Pictures that were sent together and arrive one by one."""

    parts: list[Said] = field(default_factory=list)
    last: float = 0.0
    done: asyncio.Future[None] = field(default_factory=asyncio.Future)


class Intake:
    """`handle`: what to do with an event; an album is several messages. `is_desk_there`: whether
    the desk's database answers. `apologise`: tells the sender that we could not read it."""

    def __init__(
        self,
        me: Callable[[], Me],
        *,
        handle: Callable[[Work], Awaitable[None]],
        is_desk_there: Callable[[], Awaitable[bool]],
        apologise: Callable[[Event], Awaitable[None]],
        quiet: float = ALBUM_QUIET_SECONDS,
        shared: SharedAlbums | None = None,
    ) -> None:
        self._me = me
        self._handle = handle
        self._is_desk_there = is_desk_there
        self._apologise = apologise
        self._quiet = quiet
        self._shared = shared
        self._lanes: dict[int, Lane] = {}
        self._albums: dict[tuple[int, str], Album] = {}
        self._slots = asyncio.Semaphore(AT_ONCE)

    # `Any`: JSON.
    async def take(self, raw: Any) -> None:
        """Deals with one update, however long the desk may be away; only cancelling ends that."""
        try:
            event = parse_update(raw, self._me())
        except BadUpdate as fault:
            log.warning("telegram.bad_update", problem=str(fault))
            return
        if isinstance(event, Ignored):
            log.debug("telegram.ignored", reason=event.reason)
            return
        if isinstance(event, Said) and event.album is not None and not event.is_edit:
            await self._take_album(event, event.album)
            return

        await self._in_turn(event, _alone(event))

    async def _take_album(self, part: Said, name: str) -> None:
        """The first part waits for the others, with its place in the chat's order."""
        if self._shared and not await self._is_gathered_here(self._shared, part, name):
            return
        key = (part.place.chat, name)
        album = self._albums.get(key)
        if album is not None:
            album.parts.append(part)
            album.last = monotonic()
            await asyncio.shield(album.done)
            return
        album = self._albums[key] = Album([part], monotonic())

        async def gather() -> Sequence[Said]:
            if self._shared is None:
                await self._wait_for_more(album)
            else:
                album.parts = list(await self._shared.collect(album.parts, name))
            self._albums.pop(key, None)
            return sorted(album.parts, key=lambda one: one.message)

        try:
            await self._in_turn(part, gather)
            if self._shared is not None:
                await self._shared.finish(album.parts, name)
        except BaseException:
            self._albums.pop(key, None)
            album.done.cancel()
            raise
        album.done.set_result(None)

    async def _is_gathered_here(self, shared: SharedAlbums, part: Said, name: str) -> bool:
        """Its other parts may have arrived at other processes, one of which takes them all."""
        arrival = await shared.arrive(part, name)
        if arrival is Arrival.LATE:
            await self._in_turn(part, _alone(part))
        return arrival is Arrival.GATHER

    async def _wait_for_more(self, album: Album) -> None:
        began = monotonic()
        while (left := album.last + self._quiet - monotonic()) > 0:
            if monotonic() - began > ALBUM_LONGEST_SECONDS:
                return
            await asyncio.sleep(left)

    async def _in_turn(self, first: Event, gather: Callable[[], Awaitable[Work]]) -> None:
        """After what came from this chat before."""
        chat = _chat_of(first)
        lane = self._lanes.setdefault(chat, Lane())
        lane.users += 1
        try:
            async with lane.lock:
                work = await gather()
                async with self._slots:
                    await self._until_done(first, work)
        finally:
            lane.users -= 1
            if not lane.users:
                self._lanes.pop(chat, None)

    async def _until_done(self, first: Event, work: Work) -> None:
        tries, pause = 0, FIRST_PAUSE_SECONDS
        while True:
            try:
                await self._handle(work)
            except Busy as busy:
                wait = busy.values.get("retry_after")
                await asyncio.sleep(wait if isinstance(wait, float) else pause)
                continue
            except Exception as error:
                if await self._is_desk_there():
                    tries += 1
                if isinstance(error, RetryAfter):
                    pause = max(pause, min(seconds_of(error), LONGEST_PAUSE_SECONDS))
                fetches = isinstance(error, TelegramError) and _has_files(work)
                if fetches and tries >= FETCH_TRIES:
                    work, tries = _without_what_fails(work), 0
                elif tries >= TRIES and not fetches:
                    log.exception("telegram.update_failed", problem=type(error).__name__)
                    await self._apologise(first)
                    return
                log.warning("telegram.update_again", problem=type(error).__name__)
            else:
                return
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)


def _has_files(work: Work) -> bool:
    return isinstance(work, Sequence) and any(p.files and not p.is_last_try for p in work)


def _without_what_fails(work: Work) -> Work:
    """Its words are not lost with a file that Telegram does not give."""
    return [replace(p, is_last_try=True) for p in work] if isinstance(work, Sequence) else work


def _alone(event: Said | Press | Moved) -> Callable[[], Awaitable[Work]]:
    async def gather() -> Work:
        return [event] if isinstance(event, Said) else event

    return gather


def _chat_of(event: Event) -> int:
    if isinstance(event, Moved):
        return event.before
    if isinstance(event, (Said, Press)) and event.place is not None:
        return event.place.chat
    return event.who.id if isinstance(event, Press) else 0
