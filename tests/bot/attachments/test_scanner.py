"""The virus scanner's hook, with real commands and with a clamd that speaks the real protocol."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.attachments.errors import NotScanned, VirusFound
from bot.attachments.scanner import Scan, scanner

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@asynccontextmanager
async def clamd(place: str, *, most: int = 1 << 20) -> AsyncIterator[None]:
    """As clamd(8) describes INSTREAM."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readexactly(10) == b"zINSTREAM\0"
        content = b""
        while length := int.from_bytes(await reader.readexactly(4), "big"):
            content += await reader.readexactly(length)
        found = b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0"
        writer.write(b"INSTREAM size limit exceeded. ERROR\0" if len(content) > most else found)
        await writer.drain()
        writer.close()

    server = await asyncio.start_unix_server(serve, place)
    async with server:
        yield


def scan_of(setting: str) -> Scan:
    made = scanner(setting)
    assert made is not None
    return made


@pytest.mark.asyncio
async def test_clamd_clears_condemns_or_cannot_say(tmp_path: Path) -> None:
    place = str(tmp_path / "clamd.ctl")
    clean, infected, large = (tmp_path / name for name in ("clean", "infected", "large"))
    clean.write_bytes(b"x" * 600_000)
    infected.write_bytes(b"a" * 300_000 + EICAR)
    large.write_bytes(b"x" * (1 << 21))
    scan = scan_of(f"clamd:{place}")
    async with clamd(place):
        await scan(clean)
        with pytest.raises(VirusFound):
            await scan(infected)
        with pytest.raises(NotScanned):
            await scan(large)
    with pytest.raises(NotScanned):  # nobody listens any more
        await scan(clean)


@pytest.mark.asyncio
@pytest.mark.timeout(120)
@pytest.mark.parametrize("then", ["wait", "exit 0"])
async def test_a_scanner_that_hangs_is_ended_with_what_it_has_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, then: str
) -> None:
    patience = asyncio.timeout(None)
    file, started = tmp_path / "file", tmp_path / "pid"
    file.write_bytes(b"x")
    scan = scan_of(f"command:sh -c 'sleep 600 & echo $! > {started}; {then} #' {{file}}")
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr("bot.attachments.scanner.asyncio.timeout", lambda _: patience)
        scanned = asyncio.create_task(scan(file))
        while not (started.exists() and (pid := started.read_text().strip())):
            await asyncio.sleep(0.02)
        patience.reschedule(asyncio.get_running_loop().time())  # now it takes too long
        with pytest.raises(NotScanned):
            await scanned
    for _ in range(1000):
        if not await is_running(pid):
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it goes on")


async def is_running(pid: str) -> bool:
    """Not so a process that is dead and not yet buried."""
    ps = await asyncio.create_subprocess_exec(
        *("ps", "-o", "stat=", "-p", pid), stdout=asyncio.subprocess.PIPE
    )
    said, _ = await ps.communicate()
    return bool(said.strip()) and not said.strip().startswith(b"Z")


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("program", "outcome"),
    [
        ("true", None),
        ("sh -c 'test -s \"$0\"'", None),  # it gets the file itself
        ("false", VirusFound),
        ("sh -c 'exit 2'", NotScanned),
        ("/no/such/program", NotScanned),
    ],
)
async def test_a_command_says_it_with_its_exit_code(
    tmp_path: Path, program: str, outcome: type[Exception] | None
) -> None:
    (tmp_path / "file").write_bytes(b"x")
    scan = scan_of(f"command:{program} {{file}}")
    if outcome is None:
        await scan(tmp_path / "file")
    else:
        with pytest.raises(outcome):
            await scan(tmp_path / "file")


@pytest.mark.parametrize("setting", ["clamscan", "command:clamscan", "clamd:", "clamd:host", "x:1"])
def test_a_setting_that_means_nothing_says_what_it_may_be(setting: str) -> None:
    with pytest.raises(ValueError, match="clamd:HOST:PORT"):
        scanner(setting)


def test_no_setting_is_no_scanner() -> None:
    assert scanner("") is None
