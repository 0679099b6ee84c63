"""How updates are fetched: nothing lost, nothing twice, whatever breaks."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.conversations.models import Message
from tests.connectors.telegram.conftest import Open
from tests.connectors.telegram.fake import ANNA, BOT, TOKEN, FakeTelegram
from tests.databases import on_postgresql
from tests.desk import answer
from tests.server import Server, open_server

pytestmark = pytest.mark.asyncio


async def texts(server: Server) -> list[str]:
    """What customers said, as the desk keeps it."""
    async with server.app.state.parts.db.read() as session:
        found = await session.scalars(
            select(Message.text).where(Message.author_kind == "customer").order_by(Message.seq)
        )
        return list(found)


async def test_updates_come_twice_and_in_disorder_and_each_is_answered_once(
    server: Server, fake: FakeTelegram
) -> None:
    made = [
        {
            "update_id": 5000 + n,
            "message": fake.message(f"question {n}", who={**ANNA, "id": 100 + n}),
        }
        for n in range(10)
    ]
    await fake.send_raw(*made[::-1], *made)
    await fake.wait_for("Two working days.", times=10)
    await fake.send_raw(*[{**one, "update_id": 6000 + n} for n, one in enumerate(made)])
    await fake.until_confirmed()
    assert sorted(await texts(server)) == sorted(f"question {n}" for n in range(10))
    assert len(fake.sent()) == 10


async def test_what_was_sent_while_the_desk_was_down_is_answered_later(
    open_telegram: Open, fake: FakeTelegram
) -> None:
    said = await fake.says("anybody there?")
    async with open_telegram():
        await fake.wait_for("Two working days.")
    # The offset is nowhere kept: the next process is given what nobody confirmed, and knows it.
    fake.updates = [{"update_id": 1001, "message": said}]
    async with open_telegram() as server:
        await fake.until_confirmed()
        assert await texts(server) == ["anybody there?"]
    assert len(fake.sent()) == 1


async def test_an_update_is_not_confirmed_before_it_is_kept(
    server: Server, fake: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = server.app.state.parts.frontdesk
    kept, hold = desk.receive_customer_message, asyncio.Event()

    async def slow(inbound):  # type: ignore[no-untyped-def]
        if "slow" in inbound.text:
            await hold.wait()
        return await kept(inbound)

    monkeypatch.setattr(desk, "receive_customer_message", slow)
    first = await fake.send(message=fake.message("slow"))
    await fake.says("quick", who={**ANNA, "id": 78})
    await fake.wait_for("Two working days.", chat=78)  # nobody waits for the other chat
    await fake.until(lambda: fake.asked[-1] == first["update_id"], "the old offset")
    assert fake.updates[0] == first
    hold.set()
    await fake.wait_for("Two working days.", chat=77)
    await fake.until_confirmed()
    assert len(fake.sent()) == 2


async def test_a_desk_whose_database_is_away_for_a_moment_loses_nothing(
    server: Server, fake: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = server.app.state.parts.frontdesk
    kept, failures = desk.receive_customer_message, [OSError(), OSError()]

    async def failing(inbound):  # type: ignore[no-untyped-def]
        if failures:
            raise failures.pop()
        return await kept(inbound)

    monkeypatch.setattr(desk, "receive_customer_message", failing)
    await fake.says("hello?")
    await fake.wait_for("Two working days.")
    assert await texts(server) == ["hello?"]


async def test_an_update_that_cannot_be_dealt_with_does_not_hold_up_the_next_and_is_told(
    server: Server, fake: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = server.app.state.parts.frontdesk
    kept = desk.receive_customer_message

    async def failing(inbound):  # type: ignore[no-untyped-def]
        if inbound.text == "poison":
            raise ValueError
        return await kept(inbound)

    monkeypatch.setattr(desk, "receive_customer_message", failing)
    monkeypatch.setattr("connectors.telegram.intake.FIRST_PAUSE_SECONDS", 0.01)
    await fake.says("poison")
    await fake.wait_for("Something went wrong on our side")
    await fake.says("next")
    await fake.wait_for("Two working days.")
    await fake.until_confirmed()


async def test_updates_of_unknown_kinds_are_passed_by(server: Server, fake: FakeTelegram) -> None:
    await fake.send_raw(
        {"update_id": 1, "quantum_message": {"entangled": True}},
        {"update_id": 2, "message": {"message_id": "broken"}},
        {"update_id": 3, "message": fake.message(poll={"id": "of a kind that nobody knows yet"})},
    )
    await fake.wait_for("I cannot read this kind of message.")
    await fake.until_confirmed()


async def test_two_processes_share_one_token_and_one_of_them_asks(
    shared_url: str, open_telegram: Open, fake: FakeTelegram
) -> None:
    """On one PostgreSQL: on SQLite one process works alone, so there is nothing to be shared."""
    place = {"database_url": shared_url}
    async with open_telegram(**place) as first, open_telegram(**place) as second:
        second.engine.at_once = first.engine.at_once = answer("Two working days.")
        await fake.wait_for_call("setMyCommands", times=6)  # both are there
        for n in range(5):
            await fake.says(f"question {n}", who={**ANNA, "id": 200 + n})
        await fake.wait_for("Two working days.", times=5)
        await fake.until(lambda: len(fake.asked) > 6, "more questions")
        await fake.until_confirmed()
        assert not fake.called("refused:getUpdates")
    assert len(fake.sent()) == 5


@pytest.mark.skipif(not on_postgresql(), reason="SQLite has one process: a second one takes over")
async def test_when_the_process_that_asks_stops_the_other_one_goes_on(
    open_telegram: Open, fake: FakeTelegram
) -> None:
    async with AsyncExitStack() as first:
        await first.enter_async_context(open_telegram())
        await fake.until(lambda: fake.asked, "a question")
        async with open_telegram():
            await first.aclose()
            await fake.says("still there?")
            await fake.wait_for("Two working days.")
    assert not fake.called("refused:getUpdates")  # they never asked beside each other


async def test_another_program_with_the_same_token_is_named_and_nothing_is_lost(
    server: Server, fake: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.telegram.rivals.FIRST_PAUSE_SECONDS", 0.05)
    monkeypatch.setattr("connectors.telegram.rivals.CONFLICT_SECONDS", 0.05)
    fake.refuse("getUpdates", 409, "Conflict: terminated by other getUpdates request")
    fake.refuse("getUpdates", 409, "Conflict: terminated by other getUpdates request")
    await fake.wait_for_call("refused:getUpdates", times=2)
    await fake.says("hello")
    await fake.wait_for("Two working days.")


@pytest.mark.parametrize("status", [500, 502])
async def test_a_telegram_that_is_down_is_waited_for(
    server: Server, fake: FakeTelegram, status: int
) -> None:
    fake.break_down("getUpdates", status)
    fake.refuse("getUpdates", 429, "Too Many Requests: retry after 0", retry_after=0)
    await fake.wait_for_call("refused:getUpdates", times=2)
    await fake.says("hello")
    await fake.wait_for("Two working days.")


async def test_a_desk_starts_while_telegram_is_down_and_is_connected_later(
    tmp_path: Path, fake: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.telegram.connector.FIRST_PAUSE_SECONDS", 0.05)
    fake.break_down("getMe")
    fake.break_down("getMe")
    async with open_server(tmp_path, telegram_token=TOKEN, telegram_api_url=fake.url) as server:
        server.engine.at_once = answer("Here again.")
        await fake.says("hello")
        await fake.wait_for("Here again.")


@pytest.mark.parametrize("status", [400, 404])
async def test_an_emulator_that_knows_of_no_webhooks_is_polled_all_the_same(
    tmp_path: Path, fake: FakeTelegram, status: int
) -> None:
    fake.refuse("deleteWebhook", status, "Not Found: method not found")
    async with open_server(tmp_path, telegram_token=TOKEN, telegram_api_url=fake.url) as server:
        server.engine.at_once = answer("Here.")
        await fake.says("hello")
        await fake.wait_for("Here.")


async def test_the_menu_is_there_in_both_languages(server: Server, fake: FakeTelegram) -> None:
    assert set(fake.commands) == {"", "en", "pl"}
    english = [one["command"] for one in fake.commands["en"]]
    assert english == ["start", "help", "human", "language", "status", "copy", "end", "stop"]
    assert {"command": "stop", "description": "Zapomnij o mnie"} in fake.commands["pl"]


async def test_without_a_token_nothing_of_telegram_is_loaded(tmp_path: Path) -> None:
    async with open_server(tmp_path) as server:
        assert server.app.state.parts.telegram is None
    assert BOT["is_bot"]
