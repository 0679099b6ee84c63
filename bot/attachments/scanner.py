"""The virus scanner's hook: any command, or clamd. Without one nothing is scanned."""

import asyncio
import os
import shlex
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import structlog

from bot.attachments.errors import NotScanned, VirusFound

# Whether the file at this path is clean; raises VirusFound or NotScanned.
Scan = Callable[[Path], Coroutine[Any, Any, None]]
SCAN_SECONDS = 60
PIECE_BYTES = 1 << 18
CLEAN, INFECTED = 0, 1  # what clamscan, clamdscan and others exit with
CLAMD, COMMAND = "clamd:", "command:"
PLACE = "{file}"

log = structlog.get_logger()


def scanner(setting: str) -> Scan | None:
    """What `FIRSTLINE_VIRUS_SCAN` names; raises ValueError for what it cannot mean."""
    if not setting:
        return None
    if setting.startswith(COMMAND):
        words = shlex.split(setting.removeprefix(COMMAND))
        if words and PLACE in words:
            return _guarded(lambda path: _run(words, path))
    elif setting.startswith(CLAMD):
        address = setting.removeprefix(CLAMD)
        host, _, port = address.rpartition(":")
        if address.startswith("/") or (host and port.isascii() and port.isdigit()):
            return _guarded(lambda path: _ask_clamd(address, path))
    raise ValueError(
        f"must be {CLAMD}HOST:PORT, {CLAMD}/PATH/OF/ITS/SOCKET, or {COMMAND}PROGRAM … {PLACE}"
    )


def _guarded(ask: Callable[[Path], Awaitable[str | None]]) -> Scan:
    """`ask` answers with the name of what it found, None when clean; anything else is no answer."""

    async def scan(path: Path) -> None:
        try:
            async with asyncio.timeout(SCAN_SECONDS):
                found = await ask(path)
        except (OSError, EOFError, TimeoutError, _NoVerdict) as problem:
            log.warning("attachment.not_scanned", problem=f"{type(problem).__name__}: {problem}")
            raise NotScanned from problem
        if found is not None:
            log.warning("attachment.virus", found=found)
            raise VirusFound

    return scan


class _NoVerdict(Exception):
    """The scanner neither cleared nor condemned the file."""


async def _run(words: list[str], path: Path) -> str | None:
    command = [str(path) if word == PLACE else word for word in words]
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        said, _ = await process.communicate()
    except BaseException:
        # With all that it has started: they hold its output, whose end is waited for, also when it
        # has ended itself.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
        raise
    if process.returncode == INFECTED:
        return said.decode("utf-8", "replace").replace(str(path), "").strip()[:200]
    if process.returncode != CLEAN:
        raise _NoVerdict(f"it ended with {process.returncode}")
    return None


@asynccontextmanager
async def _connection(
    address: str,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    if address.startswith("/"):
        reader, writer = await asyncio.open_unix_connection(address)
    else:
        host, _, port = address.rpartition(":")
        reader, writer = await asyncio.open_connection(host.strip("[]"), int(port))
    try:
        yield reader, writer
    finally:
        writer.close()


async def _ask_clamd(address: str, path: Path) -> str | None:
    """INSTREAM: the length of each piece, the piece, and a length of nothing at the end."""
    async with _connection(address) as (reader, writer):
        writer.write(b"zINSTREAM\0")
        with path.open("rb") as file:
            while piece := await asyncio.to_thread(file.read, PIECE_BYTES):
                writer.write(len(piece).to_bytes(4, "big") + piece)
                await writer.drain()
        writer.write(bytes(4))
        await writer.drain()
        said = (await reader.readuntil(b"\0")).rstrip(b"\0").decode("utf-8", "replace").strip()
    if said.endswith(" FOUND"):
        return said.removeprefix("stream: ").removesuffix(" FOUND")
    if said != "stream: OK":
        raise _NoVerdict(said[:200])
    return None
