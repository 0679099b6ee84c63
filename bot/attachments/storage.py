"""Where the bytes are: a folder. Another store follows `Storage` and is named in bot/main.py."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Protocol
from uuid import uuid4

PIECE_BYTES = 1 << 18
DRAFT_SECONDS = 3600


class Storage(Protocol):
    """Keeps files under keys of ours (UUIDs)."""

    async def keep(self, draft: Path, key: str) -> None:
        """Takes the checked file over, for good; the draft may be gone then. Raises OSError."""

    def read(self, key: str) -> AsyncIterator[bytes]:
        """Its bytes, a piece at a time; raises FileNotFoundError before the first."""

    async def remove(self, key: str) -> None:
        """Forgets it; nothing happens when it is gone already."""


class Drafts:
    """A folder for what is on its way in: never served, emptied after an hour."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def new(self) -> Path:
        """A path that nobody uses."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self._folder / uuid4().hex

    def clear(self) -> None:
        """What a killed process left."""
        if not self._folder.is_dir():
            return
        for draft in self._folder.iterdir():
            with suppress(FileNotFoundError):  # it has just come in
                if draft.stat().st_mtime < time.time() - DRAFT_SECONDS:
                    draft.unlink()


class FolderStorage:
    """A file a key, readable by the desk's user alone, never under the name that was sent."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _place(self, key: str) -> Path:
        return self._folder / key[:2] / key

    async def keep(self, draft: Path, key: str) -> None:
        """On the disk, not only on its way there, before anybody is told."""
        await asyncio.to_thread(self._keep, draft, self._place(key))

    def _keep(self, draft: Path, place: Path) -> None:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _to_disk(draft)
        draft.replace(place)
        _to_disk(place.parent)

    async def read(self, key: str) -> AsyncIterator[bytes]:
        """Reads in a thread, so that a slow disk holds up nobody else."""
        file = await asyncio.to_thread(self._place(key).open, "rb")
        try:
            while piece := await asyncio.to_thread(file.read, PIECE_BYTES):
                yield piece
        finally:
            file.close()

    async def remove(self, key: str) -> None:
        """Gone."""
        await asyncio.to_thread(self._place(key).unlink, missing_ok=True)


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
