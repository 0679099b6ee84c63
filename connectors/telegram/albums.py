"""Albums whose parts Telegram brings to different processes (webhooks behind a load balancer).

Each part is kept in the channel's memory, and one process, whoever has the lease, gathers them all.
The others acknowledge theirs once it is done; if that process dies, one of them gathers instead.
"""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from enum import Enum
from time import monotonic

from bot.channel import ChannelMemory, Lease
from connectors.telegram.channel import CHANNEL
from connectors.telegram.parse import FileRef, Said

ALBUM_LONGEST_SECONDS = 4.0
LEASE_SECONDS = 15.0
LOOK_AGAIN_SECONDS = 0.2
PART_DAYS = 0.1
DONE_DAYS = 2.0  # Telegram brings an update again for one day


class Arrival(Enum):
    """What is to be done about a part that has just arrived here."""

    GATHER = "gather"  # here
    DONE = "done"  # another process has taken it along
    LATE = "late"  # the others are through without it


class SharedAlbums:
    """`hide`: what must not be kept goes from a caption. `quiet`: seconds without another part
    after which an album is complete."""

    def __init__(
        self, memory: ChannelMemory, lease: Lease, *, hide: Callable[[str], str], quiet: float
    ) -> None:
        self._memory = memory
        self._lease = lease
        self._hide = hide
        self._quiet = quiet

    async def arrive(self, part: Said, name: str) -> Arrival:
        """Keeps the part, and waits while another process gathers."""
        album = _key(part, name)
        kept = json.dumps(
            {
                "message": part.message,
                "date": part.date,
                "key": part.key,
                "text": self._hide(part.text),
                "files": [asdict(file) for file in part.files],
                "is_addressed": part.is_addressed,
            }
        )
        await self._memory.keep(CHANNEL, f"{_parts(album)}{part.message}", kept, days=PART_DAYS)
        while True:
            done = await self._memory.recall(CHANNEL, _done(album))
            if done is not None:
                await self._memory.forget(CHANNEL, f"{_parts(album)}{part.message}")
                return Arrival.DONE if part.key in json.loads(done) else Arrival.LATE
            if await self._lease.hold(_lease(album), seconds=LEASE_SECONDS):
                return Arrival.GATHER
            await asyncio.sleep(LOOK_AGAIN_SECONDS)

    async def collect(self, mine: Sequence[Said], name: str) -> Sequence[Said]:
        """All parts, wherever they arrived, once no more come; `mine` are those of this process."""
        first = mine[0]
        album = _key(first, name)
        began = last = monotonic()
        count = 0
        while True:
            found = await self._memory.starting(CHANNEL, _parts(album))
            if len(found) != count:
                count, last = len(found), monotonic()
            if monotonic() - min(last + self._quiet, began + ALBUM_LONGEST_SECONDS) >= 0:
                break
            await asyncio.sleep(self._quiet / 4)
        parts = {part.message: part for part in mine}
        for kept in found.values():
            raw = json.loads(kept)
            files = tuple(FileRef(**file) for file in raw.pop("files"))
            parts.setdefault(raw["message"], replace(first, **raw, files=files))
        return [parts[number] for number in sorted(parts)]

    async def finish(self, parts: Sequence[Said], name: str) -> None:
        """The desk has them: whoever still waits with one of them may acknowledge it."""
        album = _key(parts[0], name)
        keys = json.dumps([part.key for part in parts])
        await self._memory.keep(CHANNEL, _done(album), keys, days=DONE_DAYS)
        for part in parts:
            await self._memory.forget(CHANNEL, f"{_parts(album)}{part.message}")
        await self._lease.let_go(_lease(album))


def _key(part: Said, name: str) -> str:
    return f"{part.place.chat}:{name}"


def _parts(album: str) -> str:
    return f"album:{album}:"


def _done(album: str) -> str:
    return f"album-done:{album}"


def _lease(album: str) -> str:
    return f"telegram.album:{album}"[:80]
