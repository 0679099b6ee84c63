"""Mails about accounts: of several processes that look at once, one sends each."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio

from bot.audit.acts import NOWHERE
from tests.desk import TestDesk, open_desk
from tests.smtp_server import Postbox, smtp_server

pytestmark = pytest.mark.asyncio


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    with smtp_server() as box:
        yield box


@pytest_asyncio.fixture
async def another_mailing(
    shared_url: str, tmp_path: Path, postbox: Postbox
) -> AsyncIterator[Callable[[], Awaitable[TestDesk]]]:
    async with AsyncExitStack() as stack:

        async def open_one() -> TestDesk:
            return await stack.enter_async_context(
                open_desk(
                    tmp_path,
                    database_url=shared_url,
                    smtp_url=f"smtp+plain://127.0.0.1:{postbox.port}",
                    smtp_from="help@acme.example",
                )
            )

        yield open_one


async def test_each_is_sent_once(
    another_mailing: Callable[[], Awaitable[TestDesk]], postbox: Postbox
) -> None:
    desks = [await another_mailing() for _ in range(3)]
    for number in range(9):
        await desks[0].add_agent(f"Agent{number}")
        email = f"agent{number}@example.com"
        await desks[number % 3].parts.account_mails.ask_for_reset(email, NOWHERE)
    postmen = [desk.parts.account_mails.postman for desk in desks]
    tried = await asyncio.gather(*(one.sweep() for one in postmen if one is not None))
    assert sum(tried) == 9
    assert sorted(to for [to] in postbox.recipients) == [f"agent{n}@example.com" for n in range(9)]
