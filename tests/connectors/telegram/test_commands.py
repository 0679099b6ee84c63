"""Commands, links, languages, the way to a person and back, and what comes after."""

from typing import Any

import pytest
from sqlalchemy import select

from bot.accounts.models import Agent
from bot.channel import Author, AuthorKind, Hint, PlaceInQueue, thread_topic
from bot.conversations.models import Conversation
from bot.handoff.service import Reply
from tests.connectors.telegram.conftest import Open
from tests.connectors.telegram.fake import ANNA, FakeTelegram
from tests.desk import answer
from tests.server import Server

pytestmark = pytest.mark.asyncio
CHAT, THREAD = ANNA["id"], str(ANNA["id"])
MARYSIA = {"id": 88, "is_bot": False, "first_name": "Marysia", "language_code": "pl"}


async def agent_of(server: Server) -> Agent:
    parts = server.app.state.parts
    await parts.accounts.add_agent("ola@example.com", "Ola", ["customer-care"])
    async with parts.db.read() as session:
        found: Agent = (await session.scalars(select(Agent))).one()
        return found


async def status_of(server: Server, thread: str = THREAD) -> Any:
    return await server.app.state.parts.frontdesk.thread_status("telegram", thread)


async def epoch_of(server: Server, conversation: str) -> int:
    async with server.app.state.parts.db.read() as session:
        found: Conversation = await session.get_one(Conversation, conversation)
        return found.epoch


async def test_start_help_and_what_is_unknown(server: Server, fake: FakeTelegram) -> None:
    await fake.says("/start")
    await fake.wait_for("Hello! This is Customer care.")
    await fake.says("/help")
    await fake.wait_for("/human – talk to a person")
    await fake.says("/frobnicate now")
    await fake.wait_for("I do not know the command /frobnicate.")
    await fake.says("/status")
    await fake.wait_for("No conversation is open.")
    assert server.engine.requests == []


async def test_a_command_that_comes_again_is_carried_out_once(
    server: Server, fake: FakeTelegram
) -> None:
    message = await fake.says("/start")
    await fake.wait_for("Hello!")
    await fake.until_confirmed()
    await fake.send(message=message)
    await fake.until_confirmed()
    assert len(fake.sent()) == 1


async def test_a_link_leads_to_a_desk_and_says_its_topic(
    open_telegram: Open, fake: FakeTelegram, tmp_path: Any
) -> None:
    desks = tmp_path / "desks.toml"
    name = 'name = { en = "N", pl = "N" }'
    desks.write_text(
        f"[customer-care]\n{name}\n[it-help]\nname = {{ en = 'IT help', pl = 'Pomoc IT' }}\n"
        "[it-help.telegram.topics]\n"
        'password = { en = "I forgot my password", pl = "Nie pamiętam hasła" }\n'
    )
    async with open_telegram(desks_file=desks) as server:
        await fake.says("/start it-help__password", who=MARYSIA)
        await fake.wait_for("Two working days.", chat=88)
        asked = server.engine.requests[0]
        assert (asked.desk, asked.text, asked.language) == ("it-help", "Nie pamiętam hasła", "pl")
        await fake.says("coś jeszcze", who=MARYSIA)
        await fake.wait_for("Two working days.", chat=88, times=2)
        assert server.engine.requests[1].desk == "it-help"
        await fake.says("/start nowhere", who=MARYSIA)
        await fake.wait_for("Dzień dobry! Tu Pomoc IT.", chat=88)


async def test_the_language_is_chosen_and_kept(server: Server, fake: FakeTelegram) -> None:
    await fake.says("/language")
    await fake.presses(await fake.wait_for("Which language"), "Polski")
    await fake.wait_for_call("editMessageText")
    await fake.says("/help")
    await fake.wait_for("rozmowa z człowiekiem")
    await fake.says("pytanie")
    await fake.wait_for("Two working days.")
    assert server.engine.requests[0].language == "pl"


async def test_a_person_takes_over_and_gives_back_and_all_of_it_is_told(
    server: Server, fake: FakeTelegram
) -> None:
    handoffs, agent = server.app.state.parts.handoffs, await agent_of(server)
    await fake.says("/human")
    queued = await fake.wait_for("queue")
    keyboard = queued.given["reply_markup"]["keyboard"]
    assert keyboard[0][0]["request_contact"] is True
    await fake.says("/status")
    await fake.wait_for("Your conversation waits for a person.")
    there = (await status_of(server)).conversation
    await handoffs.claim(agent, there, epoch=await epoch_of(server, there))
    joined = await fake.wait_for("Ola has joined")
    assert joined.given["reply_markup"] == {"remove_keyboard": True}
    words = "**Good news**, <see> [here](https://shop.example/?a=1&b=2)"
    await handoffs.reply(agent, there, Reply(words, await epoch_of(server, there), "k1"))
    said = await fake.wait_for("Good news")
    assert said.text == (
        "<b>Ola</b>\n<b>Good news</b>, &lt;see&gt; "
        '<a href="https://shop.example/?a=1&amp;b=2">here</a>'
    )
    await fake.says("/status")
    await fake.wait_for("Ola has your conversation.")
    await handoffs.return_to_bot(agent, there, epoch=await epoch_of(server, there))
    await fake.wait_for("assistant")
    await fake.says("and now?")
    await fake.wait_for("Two working days.")


async def test_who_waits_may_go_back_to_the_assistant(server: Server, fake: FakeTelegram) -> None:
    await fake.says("/human", who=MARYSIA)
    await fake.until(lambda: len(fake.sent(88)) == 1, "the queue")
    await fake.says("Wolę dalej rozmawiać z asystentem.", who=MARYSIA)
    await fake.until(lambda: len(fake.sent(88)) == 2, "the way back")
    assert (await status_of(server, "88")).status == "bot"


async def test_ones_own_number_is_where_to_call_back(server: Server, fake: FakeTelegram) -> None:
    await fake.says("/human")
    await fake.wait_for("queue")
    contact = {"phone_number": "48600100200", "first_name": "Anna", "user_id": CHAT}
    await fake.says(contact=contact)
    await fake.wait_for("+48600100200")
    await fake.says(contact={**contact, "user_id": 5, "first_name": "Jan"})
    await fake.until_confirmed()
    assert (await status_of(server)).status == "queued"


async def test_the_bot_that_asks_for_a_number_gets_it(server: Server, fake: FakeTelegram) -> None:
    server.engine.at_once = answer("Your number?", slots={"requested_slot": "callback_phone"})
    await fake.says("call me")
    asked = await fake.wait_for("Your number?")
    assert asked.given["reply_markup"]["keyboard"][0][0]["request_contact"] is True
    server.engine.at_once = answer("We will call.")
    await fake.says(contact={"phone_number": "48600100200", "first_name": "A", "user_id": CHAT})
    await fake.wait_for("We will call.")
    assert server.engine.requests[-1].text == "+48600100200"


async def test_typing_and_the_place_in_the_queue_are_shown(
    server: Server, fake: FakeTelegram
) -> None:
    await fake.says("/human")
    await fake.wait_for("queue")
    bus = server.app.state.parts.bus
    topic = thread_topic("telegram", THREAD)
    bus.publish(Hint(topic, "typing", (Author(AuthorKind.AGENT, "Ola"), True)))
    typing = await fake.wait_for_call("sendChatAction")
    assert typing.given["action"] == "typing"
    there = (await status_of(server)).conversation
    await fake.wait_for("Your place in the queue: 1")
    bus.publish(Hint(topic, "place", PlaceInQueue(there, 7, (5, 10))))
    changed = await fake.wait_for_call("editMessageText")
    assert changed.text == "Your place in the queue: 7\nWaiting time: about 5–10 min"


async def claimed(server: Server, fake: FakeTelegram, agent: Agent) -> str:
    """The conversation of a customer who asked for a person, and has this one."""
    await fake.says("/human")
    await fake.wait_for("queue")
    there = str((await status_of(server)).conversation)
    handoffs = server.app.state.parts.handoffs
    await handoffs.claim(agent, there, epoch=await epoch_of(server, there))
    return there


async def test_after_a_conversation_both_sides_are_rated_once(
    server: Server, fake: FakeTelegram
) -> None:
    parts, agent = server.app.state.parts, await agent_of(server)
    await fake.says("delivery?")
    await fake.wait_for("Two working days.")
    there = await claimed(server, fake, agent)
    await parts.handoffs.reply(agent, there, Reply("Hi", await epoch_of(server, there), "k"))
    await fake.wait_for("Hi")
    await parts.handoffs.close(agent, there, epoch=await epoch_of(server, there))
    first = await fake.wait_for("How do you rate")
    assert [key["text"] for key in first.keys] == [f"{n} ⭐" for n in range(1, 6)]
    await fake.presses(first, "4 ⭐")
    second = await fake.wait_for_call("editMessageText")
    await fake.presses(second, "5 ⭐")
    thanks = await fake.wait_for_call("editMessageText", times=2)
    assert thanks.text.startswith("Thank you for your opinion.")
    assert (await parts.surveys.offer("telegram", THREAD, there)).parts == ()
    await fake.presses(second, "1 ⭐")  # a second opinion changes nothing
    await fake.wait_for_call("answerCallbackQuery", times=3)


async def test_stop_asks_first_and_then_forgets(server: Server, fake: FakeTelegram) -> None:
    await fake.says("my secret is 10482")
    await fake.wait_for("Two working days.")
    there = (await status_of(server)).conversation
    await fake.says("/stop")
    question = await fake.wait_for("Shall I forget you?")
    await fake.presses(question, "No, keep it")
    await fake.wait_for_call("editMessageText")
    assert (await status_of(server)).conversation == there
    await fake.presses(question, "Yes, forget me")
    done = await fake.wait_for_call("editMessageText", times=2)
    assert done.text.startswith("Done: I do not know you any more.")
    assert await status_of(server) is None
    await fake.says("hello again")
    await fake.wait_for("Two working days.", times=2)
    assert (await status_of(server)).conversation != there


async def test_another_desk_waits_until_a_person_of_this_one_is_done(
    server: Server, fake: FakeTelegram
) -> None:
    await fake.says("/human")
    await fake.wait_for("queue")
    await fake.says("/start it-help")
    await fake.wait_for("A person of Customer care has your conversation.")


async def test_who_writes_too_fast_is_told(
    open_telegram: Open, fake: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.telegram.inbound.LONGEST_WAIT_SECONDS", 0.0)
    async with open_telegram(messages_burst=1, messages_per_second=0.01):
        await fake.says("one")
        await fake.says("two")
        await fake.wait_for("That was too much at once")
        await fake.wait_for("Two working days.")
