"""Takes files in, hands them to messages, gives them out, and forgets what nobody used."""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import structlog
from sqlalchemy.exc import IntegrityError

from bot.attachments import names, repository
from bot.attachments.errors import (
    FileEmpty,
    FileGone,
    FileNotKept,
    FilesOff,
    FileTooLarge,
    NoSuchFile,
    TooManyFiles,
)
from bot.attachments.kinds import BY_TYPE, accepted, recognise
from bot.attachments.models import StoredFile
from bot.attachments.place import forget_place
from bot.attachments.scanner import Scan
from bot.attachments.storage import Drafts, Storage
from bot.channel import Attachment, FileLimits, Upload
from bot.clock import now
from bot.db import Database, Overtaken, Transaction
from bot.gate import Gate
from bot.privacy.mask import mask

ADDRESS = "/files/"
AGENTS_FILES = "inbox"  # in the place of a channel, for what agents upload
MEGABYTE = 1024 * 1024
MOST_IN_MESSAGE = 5
MOST_UNUSED = 20  # of one sender
UNUSED_FOR = timedelta(hours=24)
UPLOAD_SECONDS = 300
WRITE_BYTES = 1 << 18
UPLOADS_AT_ONCE = 32  # of one process
UPLOADS_AGAIN_SECONDS = 5.0
FORGET_AT_ONCE = 100
CLEAN_SECONDS = 3600.0

log = structlog.get_logger()


@dataclass(frozen=True)
class Rules:
    """What this installation takes."""

    most_bytes: int  # 0: no files at all
    groups: frozenset[str]

    @property
    def limits(self) -> FileLimits | None:
        """As channels tell them; None when files are off."""
        if not self.most_bytes:
            return None
        extensions = [end for kind in accepted(self.groups) for end in kind.extensions]
        return FileLimits(self.most_bytes, MOST_IN_MESSAGE, tuple(extensions))


@dataclass(frozen=True)
class Served:
    """A file on its way out."""

    name: str
    media_type: str
    size: int
    is_shown: bool
    pieces: AsyncIterator[bytes]


class Attachments:
    """The files of this installation."""

    def __init__(
        self, db: Database, *, storage: Storage, drafts: Path, rules: Rules, scan: Scan | None
    ) -> None:
        self._db = db
        self._storage = storage
        self._drafts = Drafts(drafts)
        self._rules = rules
        self._scan = scan
        self._gate = Gate(UPLOADS_AT_ONCE, seconds=UPLOADS_AGAIN_SECONDS)

    @property
    def limits(self) -> FileLimits | None:
        """None when files are off."""
        return self._rules.limits

    async def receive(self, upload: Upload, pieces: AsyncIterator[bytes]) -> Attachment:
        """Takes a file in, piece by piece; the same key again is the same file.

        It is checked and scanned before anything of it can be fetched or sent.
        """
        if not self._rules.most_bytes:
            raise FilesOff
        with self._gate.enter():
            draft = await asyncio.to_thread(self._drafts.new)
            try:
                async with asyncio.timeout(UPLOAD_SECONDS):
                    size = await self._write(draft, pieces)
                name = mask(names.clean(upload.name)).text
                kind, name = await asyncio.to_thread(recognise, draft, name, self._rules.groups)
                if kind.media_type == "image/jpeg":
                    await asyncio.to_thread(forget_place, draft)
                if self._scan is not None:
                    await self._scan(draft)
                made = StoredFile(
                    id=str(uuid4()),
                    secret=secrets.token_urlsafe(32),
                    channel=upload.channel,
                    owner=upload.owner,
                    key=upload.key,
                    name=name,
                    media_type=kind.media_type,
                    size=size,
                    created_at=now(),
                )
                return await self._keep(made, draft)
            except OSError as problem:
                log.exception("attachment.not_kept", problem=type(problem).__name__)
                raise FileNotKept from problem
            finally:
                await asyncio.to_thread(draft.unlink, missing_ok=True)

    def refuse_size(self, declared: int | None) -> None:
        """What says beforehand that it is too large need not be read."""
        if declared is not None and declared > self._rules.most_bytes > 0:
            raise FileTooLarge(limit=self._rules.most_bytes // MEGABYTE)

    async def _write(self, draft: Path, pieces: AsyncIterator[bytes]) -> int:
        """Its size. Never more of it in memory than a piece of writing."""
        size, waiting = 0, bytearray()
        with await asyncio.to_thread(open, draft, "xb", opener=_for_us_alone) as file:
            async for piece in pieces:
                size += len(piece)
                self.refuse_size(size)
                waiting += piece
                if len(waiting) >= WRITE_BYTES:
                    await asyncio.to_thread(file.write, bytes(waiting))
                    waiting.clear()
            await asyncio.to_thread(file.write, bytes(waiting))
        if not size:
            raise FileEmpty
        return size

    async def _keep(self, made: StoredFile, draft: Path) -> Attachment:
        """Row first, bytes second: a sender who is cut off in between sends the bytes again."""

        async def keep(tx: Transaction) -> StoredFile:
            who = made.channel, made.owner
            found = await repository.find_upload(tx.session, *who, made.key)
            if found is not None:
                if (found.media_type, found.size) != (made.media_type, made.size):
                    raise FileGone  # another file under a used key would change what was told
                return found
            if await repository.count_unused(tx.session, *who) >= MOST_UNUSED:
                raise TooManyFiles(limit=MOST_UNUSED)
            tx.session.add(_copy(made))
            try:
                await tx.session.flush()
            except IntegrityError:  # the same upload in another process
                raise Overtaken from None
            return made

        kept = await self._db.attempt(keep, finds_itself=True)
        if kept.message_id is None:
            await self._storage.keep(draft, kept.id)
        log.info("attachment.received", attachment=kept.id, size=kept.size)
        return described(kept)

    async def open(self, secret: str) -> Served:
        """The file behind an address; raises NoSuchFile."""
        async with self._db.read() as session:
            file = await repository.find_sent(session, secret)
        if file is None:
            raise NoSuchFile
        pieces = self._storage.read(file.id)
        try:
            first = await anext(pieces)
        except (OSError, StopAsyncIteration):
            log.warning("attachment.lost", attachment=file.id)
            raise NoSuchFile from None
        kind = BY_TYPE.get(file.media_type)
        is_shown = kind is not None and kind.is_shown
        return Served(file.name, file.media_type, file.size, is_shown, _chain(first, pieces))

    async def destroy(self, ids: Sequence[str]) -> None:
        """The bytes of files whose rows are gone."""
        for one in ids:
            await self._storage.remove(one)

    async def clean(self) -> int:
        """Forgets uploads that no message took within a day; how many."""
        await asyncio.to_thread(self._drafts.clear)

        async def forget(tx: Transaction) -> list[str]:
            old = await repository.lock_expired(
                tx.session, before=now() - UNUSED_FOR, limit=FORGET_AT_ONCE
            )
            ids = [file.id for file in old]
            await repository.forget(tx.session, ids)
            return ids

        forgotten = 0
        while ids := await self._db.attempt(forget):
            for one in ids:
                await self._storage.remove(one)
            forgotten += len(ids)
        return forgotten


async def take(
    tx: Transaction, channel: str, owner: str, ids: Sequence[str]
) -> tuple[StoredFile, ...]:
    """The sender's own uploads for a message, in its order; raises FileGone, TooManyFiles."""
    if len(ids) > MOST_IN_MESSAGE:
        raise TooManyFiles(limit=MOST_IN_MESSAGE)
    if not ids:
        return ()
    found = await repository.lock_unused(tx.session, channel, owner, ids)
    if len(set(ids)) != len(found):
        raise FileGone
    return tuple(found[one] for one in dict.fromkeys(ids))


def described(file: StoredFile) -> Attachment:
    """As messages carry it."""
    return Attachment(file.id, file.name, file.media_type, file.size, f"{ADDRESS}{file.secret}")


def _copy(made: StoredFile) -> StoredFile:
    """A fresh object for each try: a session that failed keeps hold of its own."""
    return StoredFile(**{c.key: getattr(made, c.key) for c in StoredFile.__table__.columns})


def _for_us_alone(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


async def _chain(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece
