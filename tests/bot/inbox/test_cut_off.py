"""A form that the browser cuts off in the middle is no fault of the desk's."""

import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.accounts.models import Agent
from bot.assembly import Parts
from bot.inbox.guard import COOKIE
from tests.desk import DESK
from tests.server import Server, open_server

pytestmark = pytest.mark.asyncio


class Faults(logging.Handler):
    """What the server logs of requests that failed."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def faults() -> Iterator[Faults]:
    handler, log = Faults(), logging.getLogger("uvicorn.error")
    log.addHandler(handler)
    yield handler
    log.removeHandler(handler)


async def signed_in(parts: Parts) -> tuple[str, str]:
    """An agent's session and the token of their forms."""
    password = await parts.accounts.add_agent("anna@example.com", "Anna", (DESK,))
    async with parts.db.write() as tx:
        await tx.session.execute(update(Agent).values(must_change_password=False))
    session = await parts.accounts.sign_in("anna@example.com", password)
    who = await parts.accounts.who(session)
    assert who is not None
    return session, who.csrf


async def leave_in_the_middle(server: Server, conversation: str, *headers: str) -> None:
    """The head says how much comes, half of it comes, and the line is cut."""
    _, line = await asyncio.open_connection("127.0.0.1", server.port)
    head = [
        f"POST /inbox/conversations/{conversation}/here HTTP/1.1",
        f"Host: 127.0.0.1:{server.port}",
        "Content-Type: application/x-www-form-urlencoded",
        "Content-Length: 1000",
        *headers,
    ]
    line.write(("\r\n".join(head) + "\r\n\r\nwrites=1&csrf=").encode())
    await line.drain()
    await asyncio.sleep(0.2)  # it is being read
    line.transport.abort()


@pytest.mark.parametrize("has_token", [True, False], ids=["in the handler", "in the guard"])
async def test_a_form_that_is_cut_off_is_no_fault(
    tmp_path: Path,
    faults: Faults,
    capsys: pytest.CaptureFixture[str],
    has_token: bool,
) -> None:
    async with open_server(tmp_path) as server:
        session, csrf = await signed_in(server.app.state.parts)
        async with server.browser() as browser:
            await browser.write("Hello")
            conversation = str((await browser.wait_for("ack"))["conversation"])
        headers = [f"Cookie: {COOKIE}={session}", *([f"X-CSRF-Token: {csrf}"] if has_token else [])]
        await leave_in_the_middle(server, conversation, *headers)
    # The server has stopped: all that it began is done.
    said = capsys.readouterr()
    assert faults.lines == []
    assert "ClientDisconnect" not in said.out + said.err
