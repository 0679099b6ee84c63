"""What a desk asks before the chat is asked in Telegram, one question after the other."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select

from bot.conversations.models import Customer
from bot.intake.models import Intake
from bot.memory.models import Memory
from tests.connectors.telegram.conftest import Open
from tests.connectors.telegram.fake import ANNA, GROUP, FakeTelegram
from tests.connectors.telegram.test_commands import MARYSIA, status_of
from tests.server import Server

pytestmark = pytest.mark.asyncio

DESKS = """
[customer-care]
name = { en = "Customer care", pl = "Obsługa klienta" }
[customer-care.telegram]
form = true
[customer-care.widget]
consent = { en = "We keep what you write.", pl = "Zachowujemy to, co zostanie napisane." }
[[customer-care.widget.form]]
key = "mail"
label = { en = "Your e-mail", pl = "Adres e-mail" }
kind = "email"
required = true
[[customer-care.widget.form]]
key = "phone"
label = { en = "Your phone", pl = "Numer telefonu" }
kind = "phone"
[[customer-care.widget.form]]
key = "topic"
label = { en = "Topic", pl = "Temat" }
kind = "select"
required = true
options = [
  { value = "order", label = { en = "An order", pl = "Zamówienie" } },
  { value = "other", label = { en = "Something else", pl = "Coś innego" } },
]
"""


@pytest_asyncio.fixture
async def server(tmp_path: Path, open_telegram: Open) -> AsyncIterator[Server]:
    desks = tmp_path / "desks.toml"
    desks.write_text(DESKS, "utf-8")
    async with open_telegram(desks_file=desks) as running:
        yield running


async def rows(server: Server, table: Any) -> list[Any]:
    async with server.app.state.parts.db.read() as session:
        return list(await session.scalars(select(table)))


async def test_the_first_message_waits_until_all_is_answered_and_is_then_answered(
    server: Server, fake: FakeTelegram
) -> None:
    first = await fake.says("where is 10482? card 4111 1111 1111 1111")
    await fake.wait_for("Before we begin, a few questions. What you wrote is kept until then.")
    await fake.wait_for("Your e-mail")
    assert not any("4111" in one.value for one in await rows(server, Memory))
    await fake.says("no mail")
    await fake.wait_for("This is no e-mail address")
    await fake.says("anna@example.com")
    phone = await fake.wait_for("Your phone")
    await fake.presses(phone, "Skip")
    topic = await fake.wait_for("Topic")
    assert [key["text"] for key in topic.keys] == ["An order", "Something else"]
    await fake.says("whatever")
    await fake.wait_for("Please choose one of the buttons.")
    await fake.presses(topic, "An order")
    consent = await fake.wait_for("We keep what you write.")
    await fake.says("hm")
    await fake.wait_for("The chat needs your consent")
    assert server.engine.requests == []
    await fake.presses(consent, "I agree")
    answered = await fake.wait_for("Two working days.")
    assert answered.given["reply_parameters"]["message_id"] == first["message_id"]
    assert [request.text for request in server.engine.requests] == ["where is 10482? card •••"]
    (intake,) = await rows(server, Intake)
    assert {one["key"]: one["value"] for one in intake.answers} == {
        "mail": "anna@example.com",
        "topic": "order",
    }
    assert intake.consent_text == "We keep what you write."
    (customer,) = await rows(server, Customer)
    assert customer.email == "anna@example.com"
    await fake.until_confirmed()  # the answer may come before the end of that is noted
    assert not any("anna@example.com" in one.value for one in await rows(server, Memory))
    await fake.says("and now?")
    await fake.wait_for("Two working days.", times=2)
    await fake.presses(topic, "Something else")  # of a question that is answered
    told = (await fake.wait_for_call("answerCallbackQuery", times=4)).given
    assert told["show_alert"] is True


async def test_it_begins_with_start_and_takes_words_and_a_shared_number_in_polish(
    server: Server, fake: FakeTelegram
) -> None:
    await fake.says("/start", who=MARYSIA)
    await fake.wait_for("Zanim zaczniemy, kilka pytań.")
    await fake.wait_for("Adres e-mail")
    again = await fake.says("marysia@example.com", who=MARYSIA)
    await fake.wait_for("Numer telefonu")
    await fake.send(message=again)  # the same answer once more changes nothing
    await fake.says(
        contact={"phone_number": "48600100200", "first_name": "M", "user_id": 88}, who=MARYSIA
    )
    await fake.wait_for("Temat")
    await fake.says("zamówienie", who=MARYSIA)
    await fake.presses(await fake.wait_for("Zachowujemy to"), "Zgadzam się", who=MARYSIA)
    await fake.wait_for("Dziękujemy. Teraz prosimy napisać, czego potrzeba.")
    (customer,) = await rows(server, Customer)
    assert (customer.email, customer.phone) == ("marysia@example.com", "+48600100200")
    assert server.engine.requests == []
    assert len([call for call in fake.sent(88) if "Numer telefonu" in call.text]) == 1


async def fill_in(fake: FakeTelegram) -> None:
    await fake.says("anna@example.com")
    await fake.presses(await fake.wait_for("Your phone"), "Skip")
    await fake.presses(await fake.wait_for("Topic"), "Something else")
    await fake.presses(await fake.wait_for("We keep what you write."), "I agree")


async def test_a_process_that_ends_between_the_form_and_the_first_message_loses_neither(
    server: Server, fake: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = server.app.state.parts.frontdesk
    receive, failures = desk.receive_customer_message, [OSError()]

    async def failing(inbound: Any) -> Any:
        if failures:
            raise failures.pop()
        return await receive(inbound)

    monkeypatch.setattr(desk, "receive_customer_message", failing)
    monkeypatch.setattr("connectors.telegram.intake.FIRST_PAUSE_SECONDS", 0.01)
    first = await fake.says("delivery?")
    await fake.wait_for("Your e-mail")
    await fill_in(fake)
    await fake.wait_for("Two working days.")
    await fake.send(message=first)  # and again, when all is done
    await fake.until_confirmed()
    assert [request.text for request in server.engine.requests] == ["delivery?"]


async def test_who_wants_a_person_gets_one_after_the_questions(
    server: Server, fake: FakeTelegram
) -> None:
    await fake.says("/human")
    await fake.wait_for("Your e-mail")
    await fill_in(fake)
    await fake.wait_for("queue")
    assert (await status_of(server)).status == "queued"


async def test_in_a_group_the_questions_are_asked_in_the_private_chat(
    server: Server, fake: FakeTelegram
) -> None:
    office = {"id": GROUP, "type": "supergroup", "title": "Office"}
    marks = [{"type": "mention", "offset": 0, "length": 9}]
    await fake.says("@desk_bot delivery?", chat=office, entities=marks)
    await fake.wait_for("I do that in a private chat", chat=GROUP)
    await fake.says("/start customer-care")
    await fake.wait_for("Your e-mail", chat=ANNA["id"])
    await fill_in(fake)
    await fake.wait_for("Now please write what you need.")
    assert server.engine.requests == []
    await fake.says("@desk_bot delivery?", chat=office, entities=marks)
    await fake.until(lambda: len(server.engine.requests) == 1, "the question")


async def test_what_was_answered_is_forgotten_with_the_customer(
    server: Server, fake: FakeTelegram
) -> None:
    await fake.says("/start")
    await fake.wait_for("Your e-mail")
    await fill_in(fake)
    await fake.wait_for("Now please write what you need.")
    await fake.says("/stop")
    await fake.presses(await fake.wait_for("Shall I forget you?"), "Yes, forget me")
    await fake.until(
        lambda: any("I do not know you any more" in c.text for c in fake.calls), "the end"
    )
    assert await rows(server, Intake) == []
    assert all(customer.email is None for customer in await rows(server, Customer))


async def test_a_form_that_an_older_version_began_goes_on_with_the_answer(
    server: Server, fake: FakeTelegram
) -> None:
    """It kept nothing about whether its question had arrived."""
    await fake.says("/start")
    await fake.wait_for("Your e-mail")
    await fake.until_confirmed()
    memory = server.app.state.parts.memory
    kept = json.loads(await memory.recall("telegram", "form:77"))
    del kept["is_asked"]
    await memory.keep("telegram", "form:77", json.dumps(kept))
    await fill_in(fake)
    await fake.wait_for("Now please write what you need.")
    assert len([call for call in fake.sent() if call.text == "Your e-mail"]) == 1
